package reeve.model;

import java.nio.file.Path;
import java.util.Optional;

/// What becomes of a route's requests and answers on their way through the proxy.
/// @param request      header lines towards the backend
/// @param response     header lines towards the client
/// @param timing       whether clients are told what took how long (`Server-Timing`)
/// @param pages        in the place of errors; empty: Reeve's own
/// @param fallbackFile absolute; sent with 200 where the backend answers 404
/// @param compression  of answers; empty for none
public record RouteEdge(HeaderChanges request, HeaderChanges response, boolean timing, Optional<ErrorPages> pages,
        Optional<Path> fallbackFile, Optional<Compression> compression) {
    /// They pass as they are.
    public static final RouteEdge NONE = new RouteEdge(HeaderChanges.NONE, HeaderChanges.NONE);

    public RouteEdge {
        if (response.names("host")) {
            throw new IllegalArgumentException("cannot set Host in an answer: answers have none");
        }
    }

    public RouteEdge(HeaderChanges request, HeaderChanges response) {
        this(request, response, false, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public RouteEdge withTiming() {
        return new RouteEdge(request, response, true, pages, fallbackFile, compression);
    }

    public RouteEdge with(ErrorPages changed) {
        return new RouteEdge(request, response, timing, Optional.of(changed), fallbackFile, compression);
    }

    public RouteEdge withFallbackFile(Path changed) {
        return new RouteEdge(request, response, timing, pages, Optional.of(changed), compression);
    }

    public RouteEdge with(Compression changed) {
        return new RouteEdge(request, response, timing, pages, fallbackFile, Optional.of(changed));
    }
}
