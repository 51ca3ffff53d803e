package reeve.serve.proxy;

import java.util.Optional;
import reeve.model.AccessFormat;

/// What is noted of every request, whichever route takes it.
/// @param log        what a line of the access log looks like
/// @param requestIds how requests are given ids; empty: only where a route names them
public record ProxyNotes(AccessFormat log, Optional<Ids> requestIds) {
    public static final ProxyNotes STANDARD = new ProxyNotes(AccessFormat.STANDARD, Optional.empty());

    /// Whose word on the id of a request counts.
    public enum Believed { TRUSTED, ANYBODY, NOBODY }

    /// @param header that carries them, to backends and to clients
    public record Ids(String header, Believed believed) {}

    public ProxyNotes withLog(AccessFormat changed) {
        return new ProxyNotes(changed, requestIds);
    }

    public ProxyNotes withRequestIds(Ids ids) {
        return new ProxyNotes(log, Optional.of(ids));
    }
}
