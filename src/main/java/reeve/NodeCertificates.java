package reeve;

import java.util.List;
import reeve.model.wire.CertificateRow;
import reeve.serve.certificate.CertificateStatus;

/// What the API tells of a node's certificates.
final class NodeCertificates {
    private NodeCertificates() {}

    static List<CertificateRow> rows(List<CertificateStatus> statuses) {
        return statuses.stream().map(status -> new CertificateRow(status.source(), status.names(), status.issuer(),
                status.ends().orElse(null), status.state().word(), status.note())).toList();
    }
}
