package reeve.serve.proxy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reeve.model.Balance;
import reeve.serve.route.Backend;

/// What becomes of a request that took too long. Pure.
/// @param answer    to the client; null where one has begun, which is then cut
/// @param ofBackend whether the backend is to blame
record Overdue(@Nullable Answer answer, boolean ofBackend) {
    private static final Overdue CUT = new Overdue(null, false);

    /// What a request waits for.
    enum Stage {
        /// A connection to the backend. Connecting has a limit of its own, but it may not be this request's turn yet.
        CONNECTION,
        /// More of its body, from the client.
        CLIENT,
        /// Room for more of its body, at the backend.
        ROOM,
        /// The head of the answer.
        HEAD,
        /// The rest of the answer, or of the tunnel.
        REST
    }

    /// @param own    limits of the service
    /// @param lasted nanoseconds since the request came, without those in which its service woke
    /// @param silent nanoseconds since something last moved
    /// @param crawls whether the client sends its body too slowly
    /// @return null while it is in time
    static @Nullable Overdue of(Stage stage, Backend at, Balance.Timeouts own, ProxySettings.Timeouts node, long lasted, long silent,
            boolean crawls) {
        if (own.total().isPresent() && lasted > own.total().get().toNanos()) {
            return stage == Stage.REST ? CUT : slow(at, "did not answer", own.total().get());
        }
        if (stage == Stage.CLIENT) {
            return crawls ? new Overdue(Answer.clientTooSlow("its body arrives too slowly"), false) : null;
        }
        Duration limit = switch (stage) {
            case CONNECTION, HEAD -> own.firstByte().orElse(node.responseHead());
            case CLIENT, ROOM -> node.stall().window();
            case REST -> own.idle().orElse(null); // without it, it may be silent for as long as it likes
        };
        if (limit == null || silent <= limit.toNanos()) {
            return null;
        }
        return switch (stage) {
            case CONNECTION -> slow(at, "did not accept the connection", limit);
            case HEAD -> slow(at, "did not answer", limit);
            case CLIENT, ROOM -> new Overdue(Answer.tooSlow(at, "did not take the request's body", limit), false);
            case REST -> CUT;
        };
    }

    private static Overdue slow(Backend at, String what, Duration limit) {
        return new Overdue(Answer.tooSlow(at, what, limit), true);
    }
}
