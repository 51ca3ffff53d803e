package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.serve.certificate.CertificateChoice;

/// How a client came in, and what follows from that for its requests.
sealed interface Entrance {

    /// As `X-Forwarded-Proto` says it.
    String scheme();

    /// The answer to a request that must not go further; null for all that may.
    @Nullable Answer refusal(RequestHead head, byte[] bytes);

    /// Without TLS.
    record Plain() implements Entrance {
        @Override
        public String scheme() {
            return "http";
        }

        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes) {
            return null;
        }
    }

    /// With TLS.
    /// @param asked name that the client asked for as it shook hands, in lower case; empty where it asked for none
    record Secure(CertificateChoice certificates, String asked, byte[] name) implements Entrance {

        static Secure of(CertificateChoice certificates, String asked) {
            return new Secure(certificates, asked, Bytes.ascii(asked));
        }

        @Override
        public String scheme() {
            return "https";
        }

        /// Another host than the one that the handshake was about is answered only where its certificate stands for both: otherwise
        /// what one host demands of its clients could be passed by through another (RFC 9110 §15.5.20).
        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes) {
            int from = head.authorityFrom();
            int to = head.hostTo();
            if (name.length == 0 || from >= to || isAsked(bytes, from, to)) {
                return null;
            }
            String host = AskedName.normal(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            boolean covered = certificates.named(asked).stream().anyMatch(certificate -> certificate.covers(host));
            return covered ? null : Answer.misdirected();
        }

        private boolean isAsked(byte[] bytes, int from, int to) {
            if (to - from != name.length) {
                return false;
            }
            for (int i = 0; i < name.length; i++) {
                byte b = bytes[from + i];
                if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != name[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
