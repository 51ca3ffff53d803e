package reeve.serve.proxy;

import java.util.Optional;
import reeve.model.AccessFormat;
import reeve.serve.edge.SpanSink;

/// What is noted of every request, whichever route takes it.
/// @param log        what a line of the access log looks like
/// @param requestIds how requests are given ids; empty: only where a route names them
/// @param traces     how requests are traced; empty: what clients say of traces is passed on
public record ProxyNotes(AccessFormat log, Optional<Ids> requestIds, Optional<Traces> traces) {
    public static final ProxyNotes STANDARD = new ProxyNotes(AccessFormat.STANDARD, Optional.empty(), Optional.empty());

    /// Whose word counts.
    public enum Believed {
        TRUSTED, ANYBODY, NOBODY;

        /// @param trusted whether the request comes from a trusted proxy
        boolean believes(boolean trusted) {
            return switch (this) {
                case ANYBODY -> true;
                case TRUSTED -> trusted;
                case NOBODY -> false;
            };
        }
    }

    /// @param header   that carries them, to backends and to clients
    /// @param believed whose ids are kept
    public record Ids(String header, Believed believed) {}

    /// @param believed whose traces are gone on with
    /// @param share    of the traces that begin here, 0 to 1, that are recorded
    /// @param spans    gets each request that is recorded
    public record Traces(Believed believed, double share, SpanSink spans) {}

    public ProxyNotes withLog(AccessFormat changed) {
        return new ProxyNotes(changed, requestIds, traces);
    }

    public ProxyNotes withRequestIds(Ids ids) {
        return new ProxyNotes(log, Optional.of(ids), traces);
    }

    public ProxyNotes withTraces(Traces changed) {
        return new ProxyNotes(log, requestIds, Optional.of(changed));
    }
}
