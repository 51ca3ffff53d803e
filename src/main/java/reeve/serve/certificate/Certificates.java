package reeve.serve.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.model.CertificateFiles;
import reeve.model.Failure;

/// The certificates of the configured files, which it looks at every two seconds: a pair that changed is taken over for the handshakes
/// from then on, one that cannot be used changes nothing but says so. Connections that are open are not touched.
public final class Certificates implements CertificateChoice, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final List<Followed> followed;
    private final CertificateRecords records;
    private final Time time;
    private volatile CertificateTable table = CertificateTable.EMPTY;
    private volatile List<String> notes = List.of();
    private volatile boolean closed;
    private volatile Runnable timer = () -> {};

    /// One pair, and what is known of it. Only one look at a time touches it.
    private static final class Followed {
        final CertificateFiles files;
        Optional<ServerCertificate> used = Optional.empty();
        Optional<String> stamp = Optional.empty();
        Optional<String> refused = Optional.empty();
        Ending ending = Ending.FAR;
        boolean exposed;
        /// Whether it could not be used at the look before, for the first time.
        boolean doubtful;

        Followed(CertificateFiles files) {
            this.files = files;
        }
    }

    public Certificates(List<CertificateFiles> files, CertificateRecords records, Time time) {
        this.followed = files.stream().map(Followed::new).toList();
        this.records = records;
        this.time = time;
    }

    /// Reads all files, then goes on looking. Blocks for IO. A pair that cannot be used hinders no other.
    public void start() {
        look();
        again();
    }

    private void again() {
        if (!followed.isEmpty()) {
            timer = time.after(LOOK, () -> Thread.ofVirtual().name("certificates").start(() -> {
                if (!closed) {
                    look();
                    again();
                }
            }));
        }
    }

    /// One look at all files.
    void look() {
        for (Followed one : followed) {
            try {
                look(one);
            } catch (RuntimeException e) {
                LOG.error("cannot look at a certificate: file={}", one.files.certificate(), e);
            }
        }
        List<ServerCertificate> used = followed.stream().flatMap(one -> one.used.stream()).toList();
        if (!used.equals(table.all())) {
            table = new CertificateTable(used);
        }
        notes = followed.stream().flatMap(Certificates::notes).toList();
    }

    private void look(Followed one) {
        Optional<String> stamp = Optional.of(stamp(one.files.certificate()) + " " + stamp(one.files.key()));
        if (!stamp.equals(one.stamp)) {
            one.stamp = stamp;
            read(one);
        }
        one.used.ifPresent(certificate -> watchEnd(one, certificate));
    }

    private void read(Followed one) {
        try {
            ServerCertificate next = CertificatePair.read(one.files);
            boolean same = one.used.map(used -> used.fingerprint().equals(next.fingerprint())).orElse(false);
            if (!same) {
                one.ending = Ending.FAR;
                records.record("certificate_taken", next.source() + " is used from now on, for " + names(next),
                        Map.of("until", next.end().toString(), "sha256", next.fingerprint()));
            }
            one.used = Optional.of(next);
            one.refused = Optional.empty();
            one.doubtful = false;
            watchRights(one);
        } catch (Failure e) {
            if (one.used.isPresent() && !one.doubtful) {
                one.doubtful = true; // between its certificate and its key, perhaps
                one.stamp = Optional.empty();
                return;
            }
            one.doubtful = false;
            one.refused = Optional.of(e.getMessage());
            String then = one.used.isPresent() ? "; the one before stays" : "";
            LOG.error("certificate not used: reason={}", e.getMessage());
            records.record("certificate_refused", e.getMessage() + then, Map.of());
        }
    }

    private static String names(ServerCertificate certificate) {
        return certificate.names().isEmpty() ? "no name" : String.join(", ", certificate.names().stream().sorted().limit(10).toList());
    }

    private void watchEnd(Followed one, ServerCertificate certificate) {
        Ending now = Ending.of(certificate.end(), time.wall());
        if (now != one.ending) {
            one.ending = now;
            endingNote(one).ifPresent(note -> {
                LOG.warn("certificate ends: file={} end={}", certificate.source(), certificate.end());
                records.record("certificate_ends", note, Map.of("until", certificate.end().toString()));
            });
        }
    }

    private void watchRights(Followed one) {
        boolean exposed = exposed(one.files.key());
        if (exposed && !one.exposed) {
            LOG.warn("key readable by all: file={}", one.files.key());
            records.record("certificate_exposed", exposedNote(one.files.key()), Map.of());
        }
        one.exposed = exposed;
    }

    private static boolean exposed(Path key) {
        try {
            return CertificatePair.readableByAll(key);
        } catch (IOException e) {
            return false; // it has just been read; the next look tells what became of it
        }
    }

    private static String exposedNote(Path key) {
        return "the key " + key + " can be read by everybody on this machine (chmod o-r " + key + ")";
    }

    private static Optional<String> endingNote(Followed one) {
        return one.used.flatMap(certificate -> switch (one.ending) {
            case FAR -> Optional.empty();
            case SOON -> Optional.of("the certificate " + certificate.source() + " ends at " + certificate.end());
            case OVER -> Optional.of("the certificate " + certificate.source() + " ended at " + certificate.end());
        });
    }

    private static Stream<String> notes(Followed one) {
        Optional<String> refused = one.refused.map(why -> one.used.isPresent() ? why + "; the one before is still used" : why);
        Optional<String> exposed = one.exposed ? Optional.of(exposedNote(one.files.key())) : Optional.empty();
        return Stream.of(refused, endingNote(one), exposed).flatMap(Optional::stream);
    }

    /// Changes with the file, also where a link leads to another one; a file that cannot be looked at is as good as none.
    private static String stamp(Path file) {
        try {
            Map<String, Object> facts = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode");
            return facts.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// As of the last look.
    public CertificateTable table() {
        return table;
    }

    /// What people should know, a sentence each.
    public List<String> notes() {
        return notes;
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
