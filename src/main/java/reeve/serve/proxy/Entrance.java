package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reeve.base.http.RequestHead;
import reeve.model.RouteTls;
import reeve.serve.certificate.CertificateChoice;
import reeve.serve.route.EntryTls;

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
    /// @param tls       what its route says; null: nothing of its own, or there is none
    @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded, @Nullable EntryTls tls);

    /// Header lines that tell the backend of a route who the client has proved to be.
    byte[] proof(EntryTls tls);

    /// Where a client must prove something, nobody gets past it by leaving out TLS.
    static @Nullable Answer unproven(@Nullable EntryTls tls) {
        RouteTls.ClientAuth wanted = tls == null ? null : tls.clientAuth();
        return wanted != null && wanted.required() ? Answer.noClientCertificate() : null;
    }

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
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded, @Nullable EntryTls tls) {
            return unproven(tls);
        }

        @Override
        public byte[] proof(EntryTls tls) {
            return ClientProof.NONE.lines();
        }
    }

    /// Without TLS, where hosts that have a certificate can be reached over TLS.
    /// @param redirect whether requests are sent there, where their route does not say
    /// @param port     where TLS is spoken
    record Redirecting(CertificateChoice certificates, boolean redirect, int port, byte[] answerLines) implements Entrance {
        private static final byte[] ACME = Bytes.ascii("/.well-known/acme-challenge/"); // asked for without TLS (RFC 8555 §8.3)

        Redirecting(CertificateChoice certificates, boolean redirect, int port) {
            this(certificates, redirect, port, new byte[0]);
        }

        @Override
        public boolean encrypted() {
            return false;
        }

        /// Whom a trusted proxy has served over TLS already is not sent there again: it would be a circle.
        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded, @Nullable EntryTls tls) {
            Answer elsewhere = (tls == null ? redirect : tls.redirects(redirect)) ? overTls(head, bytes, forwarded) : null;
            return elsewhere == null ? unproven(tls) : elsewhere;
        }

        @Override
        public byte[] proof(EntryTls tls) {
            return ClientProof.NONE.lines();
        }

        private @Nullable Answer overTls(RequestHead head, byte[] bytes, ForwardedLines forwarded) {
            int from = head.authorityFrom();
            boolean asterisk = head.pathFrom() < head.pathTo() && bytes[head.pathFrom()] != '/';
            if (from >= head.hostTo() || asterisk || isChallenge(head, bytes) || forwarded.saysHttps(head)) {
                return null;
            }
            String host = AskedName.normal(new String(bytes, from, head.hostTo() - from, StandardCharsets.ISO_8859_1));
            if (!certificates.has(host)) {
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
    /// @param proof who the client is
    record Secure(CertificateChoice certificates, String asked, byte[] name, byte[] answerLines, ClientProof proof) implements Entrance {

        static Secure of(CertificateChoice certificates, String asked, byte[] answerLines, ClientProof proof) {
            return new Secure(certificates, asked, Bytes.ascii(asked), answerLines, proof);
        }

        @Override
        public boolean encrypted() {
            return true;
        }

        /// Another host than the one that the handshake was about is answered only where its certificate stands for both: otherwise
        /// what one host demands of its clients could be passed by through another (RFC 9110 §15.5.20).
        @Override
        public @Nullable Answer refusal(RequestHead head, byte[] bytes, ForwardedLines forwarded, @Nullable EntryTls tls) {
            int from = head.authorityFrom();
            int to = head.hostTo();
            boolean here = name.length == 0 || from >= to || isAsked(bytes, from, to) || isCovered(bytes, from, to);
            return !here ? Answer.misdirected() : tls == null ? null : proof.refusal(tls.clientAuth());
        }

        @Override
        public byte[] proof(EntryTls tls) {
            return proof.meets(tls.clientAuth()) ? proof.lines() : ClientProof.NONE.lines();
        }

        private boolean isCovered(byte[] bytes, int from, int to) {
            String host = AskedName.normal(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
            return certificates.named(asked).stream().anyMatch(certificate -> certificate.covers(host));
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
