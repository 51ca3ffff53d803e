/// The typed client of the node's API: methods that send and return the records of `model.wire`.
///
/// Owns: paths, encoding, the token, and turning `{kind, value}` back into [reeve.model.Failure]. Never: what people see.
/// Every call blocks for a bounded time, but for the two that follow. Any thread.
@NullMarked
package reeve.front.client;

import org.jspecify.annotations.NullMarked;
