package reeve.serve.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.model.CertificateFiles;

/// The certificates of the configured files, which it looks at every two seconds: a pair that changed is taken over for the handshakes
/// from then on, one that cannot be used changes nothing but says so. Connections that are open are not touched.
public final class Certificates implements CertificateChoice, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final CertificateRecords records;
    private final Time time;
    private List<FollowedPair> followed = List.of();
    private volatile CertificateTable table = CertificateTable.EMPTY;
    private volatile List<String> notes = List.of();
    private volatile List<CertificateStatus> statuses = List.of();
    private volatile boolean closed;
    private volatile Runnable timer = () -> {};

    public Certificates(List<CertificateFiles> files, CertificateRecords records, Time time) {
        this.records = records;
        this.time = time;
        follow(files);
    }

    /// Reads all files, then goes on looking. Blocks for IO. A pair that cannot be used hinders no other.
    public void start() {
        look();
        again();
    }

    private void again() {
        timer = time.after(LOOK, () -> Thread.ofVirtual().name("certificates").start(() -> {
            if (!closed) {
                look();
                again();
            }
        }));
    }

    /// These are the files from now on, that is from the next look; what is known of those that stay is kept.
    public synchronized void follow(List<CertificateFiles> files) {
        Map<CertificateFiles, FollowedPair> known = followed.stream().collect(Collectors.toMap(FollowedPair::files, Function.identity()));
        List<FollowedPair> next = files.stream().distinct()
                .map(pair -> known.getOrDefault(pair, new FollowedPair(pair, records))).toList();
        followed.stream().filter(pair -> !next.contains(pair)).flatMap(pair -> pair.used().stream()).forEach(gone ->
                records.record("certificate_dropped", gone.source() + " is not configured any more", Map.of()));
        followed = next;
    }

    /// One look at all files.
    synchronized void look() {
        for (FollowedPair one : followed) {
            try {
                one.look(time.wall());
            } catch (RuntimeException e) {
                LOG.error("cannot look at a certificate: file={}", one.files().certificate(), e);
            }
        }
        List<ServerCertificate> used = followed.stream().flatMap(one -> one.used().stream()).toList();
        if (!used.equals(table.all())) {
            table = new CertificateTable(used);
        }
        notes = followed.stream().flatMap(one -> one.notes().stream()).toList();
        statuses = followed.stream().map(FollowedPair::status).toList();
    }

    /// As of the last look.
    public CertificateTable table() {
        return table;
    }

    /// What people should know, a sentence each.
    public List<String> notes() {
        return notes;
    }

    /// How each certificate stands, in the order of the configuration. As of the last look.
    public List<CertificateStatus> statuses() {
        return statuses;
    }

    /// Visits the end of each certificate in use.
    public void ends(EndVisitor visitor) {
        table.all().forEach(certificate -> visitor.visit(certificate.source(), certificate.end()));
    }

    /// Takes the ends of certificates.
    @FunctionalInterface
    public interface EndVisitor {
        void visit(String source, Instant end);
    }

    @Override
    public List<ServerCertificate> named(String name) {
        return table.named(name);
    }

    @Override
    public List<ServerCertificate> unnamed() {
        return table.unnamed();
    }

    @Override
    public void close() {
        closed = true;
        timer.run();
    }
}
