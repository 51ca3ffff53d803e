package reeve.serve.proxy;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;

/// How the handshakes of clients ended. Any thread; counting takes no lock.
public final class HandshakeCounts {
    private final List<LongAdder> counts = Stream.generate(LongAdder::new).limit(Outcome.values().length).toList();

    HandshakeCounts() {}

    /// Why a handshake failed, as far as the engine's words tell; `OK` where it did not.
    enum Outcome {
        OK,
        /// Nobody here has the name that the client asked for.
        UNKNOWN_NAME,
        /// No version, suite, or kind of key that both have.
        NOTHING_IN_COMMON,
        /// None of the application protocols that the client wants.
        NO_PROTOCOL,
        /// The client's certificate is missing or not to be trusted.
        CLIENT_CERTIFICATE,
        /// The client did not take our certificate, or broke off saying so.
        REFUSED_BY_CLIENT,
        /// The client left without a word.
        LEFT,
        TOO_SLOW,
        /// What came is no TLS.
        NOT_TLS,
        /// Too many shake hands at a time.
        TOO_MANY,
        OTHER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Outcome of(Throwable cause) {
            return switch (cause) {
                case SslHandshakeTimeoutException _ -> TOO_SLOW;
                case NotSslRecordException _ -> NOT_TLS;
                case ClosedChannelException _ -> LEFT;
                case RejectedExecutionException _ -> TOO_MANY;
                default -> of(String.valueOf(cause.getMessage()), cause);
            };
        }

        /// The engine tells its reasons in its messages only.
        private static Outcome of(String message, Throwable cause) {
            if (message.contains("Received fatal alert")) {
                return REFUSED_BY_CLIENT;
            }
            if (message.contains("nrecognized server name")) {
                return UNKNOWN_NAME;
            }
            if (message.contains("application layer protocol")) {
                return NO_PROTOCOL;
            }
            if (message.contains("in common") || message.contains("not enabled or supported") || message.contains("supported version")
                    || message.contains("protocol_version")) {
                return NOTHING_IN_COMMON;
            }
            if (message.contains("client certificate") || message.contains("certificate chain") || message.contains("PKIX")
                    || message.contains("not trusted")) {
                return CLIENT_CERTIFICATE;
            }
            return cause.getCause() == null || cause.getCause() == cause ? OTHER : of(cause.getCause());
        }
    }

    void add(Outcome outcome) {
        counts.get(outcome.ordinal()).increment();
    }

    long of(Outcome outcome) {
        return counts.get(outcome.ordinal()).sum();
    }

    /// Only outcomes of which there were any, as words.
    public void visit(ObjLongConsumer<String> visitor) {
        for (Outcome outcome : Outcome.values()) {
            if (of(outcome) > 0) {
                visitor.accept(outcome.word(), of(outcome));
            }
        }
    }
}
