package reeve.front.api;

import java.util.List;
import java.util.Optional;
import reeve.model.wire.AuthorityAnswer;
import reeve.model.wire.CertificateRow;

/// What the node can tell of its certificates. Joined to the rooms that have them in `Wiring`; answers from memory.
public interface CertificateDesk {

    /// Those in use first, in the order in which they answer.
    List<CertificateRow> certificates();

    /// The authority by which the node signs certificates itself; empty where it does not.
    Optional<AuthorityAnswer> authority();
}
