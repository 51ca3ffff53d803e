/// The records of the API and of the store, and their JSON.
///
/// Owns: the shape of everything that leaves the process as JSON: snake_case names, instants in RFC 3339, `null` for what is
/// absent. Never: behaviour. Records here are as flat as readers of JSON like them; rooms map them from and to `model`.
/// Reading bounds depth and refuses what does not fit with a [WireException]; it never yields half a record. Any thread.
@NullMarked
package reeve.model.wire;

import org.jspecify.annotations.NullMarked;
