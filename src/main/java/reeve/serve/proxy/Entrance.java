package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.serve.certificate.CertificateChoice;

/// How a client came in, and what follows from that for its requests.
sealed interface Entrance {

    boolean encrypted();

    /// As `X-Forwarded-Proto` says it.
    default String scheme() {
        return encrypted() ? "https" : "http";
    }

    /// Header lines for every answer.
    byte[] answerLines();

    /// The answer to a request that must not go further; null for all that may.
    /// @param forwarded what a proxy in front says of the request
    @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded);

    /// Without TLS.
    record Plain(byte[] answerLines) implements Entrance {
        Plain() {
            this(new byte[0]);
        }

        @Override
        public boolean encrypted() {
            return false;
        }

        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded) {
            return null;
        }
    }

    /// Without TLS, where hosts that have a certificate are reached over TLS only.
    /// @param port where TLS is spoken
    record Redirecting(CertificateChoice certificates, int port, byte[] answerLines) implements Entrance {
        private static final byte[] ACME = Bytes.ascii("/.well-known/acme-challenge/"); // asked for without TLS (RFC 8555 §8.3)

        Redirecting(CertificateChoice certificates, int port) {
            this(certificates, port, new byte[0]);
        }

        @Override
        public boolean encrypted() {
            return false;
        }

        /// Whom a trusted proxy has served over TLS already is not sent there again: it would be a circle.
        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded) {
            int from = head.authorityFrom();
            boolean asterisk = head.pathFrom() < head.pathTo() && bytes[head.pathFrom()] != '/';
            if (from >= head.hostTo() || asterisk || isChallenge(head, bytes) || forwarded.saysHttps(head)) {
                return null;
            }
            String host = AskedName.normal(new String(bytes, from, head.hostTo() - from, StandardCharsets.ISO_8859_1));
            if (certificates.named(host).isEmpty()) {
                return null;
            }
            String target = new String(bytes, head.pathFrom(), head.targetTo() - head.pathFrom(), StandardCharsets.ISO_8859_1);
            boolean repeatable = head.method() == RequestHead.Method.GET || head.method() == RequestHead.Method.HEAD;
            String path = target.startsWith("/") ? target : "/" + target; // an absolute target may have none
            return Answer.overTls(repeatable, "https://" + host + (port == 443 ? "" : ":" + port) + path);
        }

        private static boolean isChallenge(RequestHead head, byte[] bytes) {
            int length = ACME.length;
            return head.pathTo() - head.pathFrom() >= length
                    && Arrays.equals(bytes, head.pathFrom(), head.pathFrom() + length, ACME, 0, length);
        }
    }

    /// With TLS.
    /// @param asked name that the client asked for as it shook hands, in lower case; empty where it asked for none
    record Secure(CertificateChoice certificates, String asked, byte[] name, byte[] answerLines) implements Entrance {

        static Secure of(CertificateChoice certificates, String asked, byte[] answerLines) {
            return new Secure(certificates, asked, Bytes.ascii(asked), answerLines);
        }

        @Override
        public boolean encrypted() {
            return true;
        }

        /// Another host than the one that the handshake was about is answered only where its certificate stands for both: otherwise
        /// what one host demands of its clients could be passed by through another (RFC 9110 §15.5.20).
        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded) {
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
