/// The port behind which durable state lives, with the semantics of etcd.
///
/// Owns: ordered keys, values with versions, transactions that compare and then write, watches without gaps, leases.
/// Never: knowledge of what is stored. Implementations are rooms of their own and pass one contract suite.
/// Called by control-plane rooms on virtual threads; every call may block for IO.
@NullMarked
package reeve.store;

import org.jspecify.annotations.NullMarked;
