package reeve;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.declare.settings.Settings;
import reeve.front.api.CertificateDesk;
import reeve.model.Failure;
import reeve.model.wire.AuthorityAnswer;
import reeve.model.wire.CertificateRow;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.certificate.CertificateOrder;
import reeve.serve.certificate.CertificateRecords;
import reeve.serve.certificate.CertificateStatus;
import reeve.serve.certificate.Certificates;
import reeve.serve.certificate.LocalAuthority;

/// All certificates of a node: those of files come first, then those that it signs itself.
final class NodeCertificates implements CertificateDesk {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCertificates.class);

    private final Certificates files;
    private final Optional<LocalAuthority> local;
    private final Optional<String> note;

    private NodeCertificates(Certificates files, Optional<LocalAuthority> local, Optional<String> note) {
        this.files = files;
        this.local = local;
        this.note = note;
    }

    /// An authority that cannot be used keeps nothing else from being served.
    static NodeCertificates of(Settings settings, Certificates files, CertificateRecords records, Time time) {
        if (settings.tls().localNames().isEmpty()) {
            return new NodeCertificates(files, Optional.empty(), Optional.empty());
        }
        try {
            return new NodeCertificates(files, Optional.of(LocalAuthority.open(settings.state(), settings.tls().localNames(),
                    settings.name().value(), records, time)), Optional.empty());
        } catch (Failure e) {
            LOG.error("local authority not used: reason={}", e.getMessage());
            return new NodeCertificates(files, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    CertificateChoice choice() {
        return local.<CertificateChoice>map(authority -> new CertificateOrder(List.of(files, authority))).orElse(files);
    }

    /// What people should know, a sentence each.
    List<String> notes() {
        return Stream.concat(files.notes().stream(), note.stream()).toList();
    }

    @Override
    public List<CertificateRow> certificates() {
        Stream<CertificateStatus> signed = local.stream().flatMap(authority -> authority.statuses().stream());
        return Stream.concat(files.statuses().stream(), signed).map(status -> new CertificateRow(status.source(), status.names(),
                status.issuer(), status.ends().orElse(null), status.state().word(), status.note())).toList();
    }

    @Override
    public Optional<AuthorityAnswer> authority() {
        return local.map(authority -> new AuthorityAnswer(authority.root(), authority.names(), authority.end()));
    }
}
