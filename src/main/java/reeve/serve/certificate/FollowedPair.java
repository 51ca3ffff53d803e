package reeve.serve.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.CertificateFiles;
import reeve.model.Failure;

/// One pair of files, and what is known of it. Only one look at a time touches it.
final class FollowedPair {
    private static final Logger LOG = LoggerFactory.getLogger(FollowedPair.class);

    private final CertificateFiles files;
    private final CertificateRecords records;
    private Optional<ServerCertificate> used = Optional.empty();
    private Optional<String> stamp = Optional.empty();
    private Optional<String> refused = Optional.empty();
    private Ending ending = Ending.FAR;
    private boolean exposed;
    private boolean doubtful; // it could not be used at the look before, for the first time

    FollowedPair(CertificateFiles files, CertificateRecords records) {
        this.files = files;
        this.records = records;
    }

    CertificateFiles files() {
        return files;
    }

    /// What answers handshakes; empty where the files could never be used.
    Optional<ServerCertificate> used() {
        return used;
    }

    /// Reads the files if they changed. Blocks for IO.
    void look(Instant now) {
        Optional<String> next = Optional.of(stamp(files.certificate()) + " " + stamp(files.key()));
        if (!next.equals(stamp)) {
            stamp = next;
            read();
        }
        used.ifPresent(certificate -> watchEnd(certificate, now));
    }

    private void read() {
        try {
            ServerCertificate next = CertificatePair.read(files);
            boolean same = used.map(before -> before.fingerprint().equals(next.fingerprint())).orElse(false);
            if (!same) {
                ending = Ending.FAR;
                records.record("certificate_taken", next.source() + " is used from now on, for " + names(next),
                        Map.of("until", next.end().toString(), "sha256", next.fingerprint()));
            }
            used = Optional.of(next);
            refused = Optional.empty();
            doubtful = false;
            watchRights();
        } catch (Failure e) {
            if (used.isPresent() && !doubtful) {
                doubtful = true; // between its certificate and its key, perhaps
                stamp = Optional.empty();
                return;
            }
            doubtful = false;
            refused = Optional.of(e.getMessage());
            String then = used.isPresent() ? "; the one before stays" : "";
            LOG.error("certificate not used: reason={}", e.getMessage());
            records.record("certificate_refused", e.getMessage() + then, Map.of());
        }
    }

    private static String names(ServerCertificate certificate) {
        return certificate.names().isEmpty() ? "no name" : String.join(", ", certificate.names().stream().sorted().limit(10).toList());
    }

    private void watchEnd(ServerCertificate certificate, Instant now) {
        Ending next = Ending.of(certificate.end(), now);
        if (next != ending) {
            ending = next;
            endingNote().ifPresent(note -> {
                LOG.warn("certificate ends: file={} end={}", certificate.source(), certificate.end());
                records.record("certificate_ends", note, Map.of("until", certificate.end().toString()));
            });
        }
    }

    private void watchRights() {
        boolean now = exposed(files.key());
        if (now && !exposed) {
            LOG.warn("key readable by all: file={}", files.key());
            records.record("certificate_exposed", exposedNote(files.key()), Map.of());
        }
        exposed = now;
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

    private Optional<String> endingNote() {
        return used.flatMap(certificate -> switch (ending) {
            case FAR -> Optional.empty();
            case SOON -> Optional.of("the certificate " + certificate.source() + " ends at " + certificate.end());
            case OVER -> Optional.of("the certificate " + certificate.source() + " ended at " + certificate.end());
        });
    }

    /// What people should know of it, a sentence each.
    List<String> notes() {
        Optional<String> wrong = refused.map(why -> used.isPresent() ? why + "; the one before is still used" : why);
        Optional<String> open = exposed ? Optional.of(exposedNote(files.key())) : Optional.empty();
        return Stream.of(wrong, endingNote(), open).flatMap(Optional::stream).toList();
    }

    CertificateStatus status() {
        String note = String.join("; ", notes());
        return used.map(certificate -> CertificateStatus.of(certificate, refused.isPresent() ? CertificateStatus.State.STALE
                        : CertificateStatus.State.of(ending), note))
                .orElseGet(() -> CertificateStatus.unusable(files.certificate().toString(), note));
    }

    /// Changes with the file, also where a link leads to another one; a file that cannot be looked at is as good as none.
    static String stamp(Path file) {
        try {
            Map<String, Object> facts = Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime,mode");
            return facts.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
