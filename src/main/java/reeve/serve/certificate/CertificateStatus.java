package reeve.serve.certificate;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How one certificate stands, for people.
/// @param source where it is from: a file, or who signed it
/// @param names  that it is for, in order
/// @param issuer who signed it; empty where nothing is known of it
/// @param ends   empty where nothing is known of it
/// @param note   what to know besides; may be empty
public record CertificateStatus(String source, List<String> names, String issuer, Optional<Instant> ends, State state, String note) {

    /// What handshakes get to see of it.
    public enum State {
        /// It answers.
        USED,
        /// It answers, and ends within 14 days.
        ENDS_SOON,
        /// It answers, and has ended.
        ENDED,
        /// It answers, because what shall take its place cannot be used.
        STALE,
        /// It does not answer: it cannot be used.
        REFUSED,
        /// It does not answer yet: it has been asked for.
        ORDERED;

        static State of(Ending ending) {
            return switch (ending) {
                case FAR -> USED;
                case SOON -> ENDS_SOON;
                case OVER -> ENDED;
            };
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public CertificateStatus {
        names = List.copyOf(names);
    }

    static CertificateStatus of(ServerCertificate certificate, State state, String note) {
        return new CertificateStatus(certificate.source(), certificate.names().stream().sorted().toList(),
                certificate.chain().getFirst().getIssuerX500Principal().getName(), Optional.of(certificate.end()), state, note);
    }

    static CertificateStatus unusable(String source, String note) {
        return new CertificateStatus(source, List.of(), "", Optional.empty(), State.REFUSED, note);
    }
}
