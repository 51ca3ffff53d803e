package reeve.front.api;

import java.util.List;
import reeve.model.wire.CertificateRow;

/// What the node can tell of its certificates. Joined to the rooms that have them in `Wiring`; answers from memory.
@FunctionalInterface
public interface CertificateDesk {

    /// Those in use first, in the order in which they answer.
    List<CertificateRow> certificates();
}
