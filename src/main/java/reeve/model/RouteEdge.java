package reeve.model;

/// What becomes of a route's requests and answers on their way through the proxy.
/// @param request  header lines towards the backend
/// @param response header lines towards the client
/// @param timing   whether clients are told what took how long (`Server-Timing`)
public record RouteEdge(HeaderChanges request, HeaderChanges response, boolean timing) {
    /// They pass as they are.
    public static final RouteEdge NONE = new RouteEdge(HeaderChanges.NONE, HeaderChanges.NONE);

    public RouteEdge(HeaderChanges request, HeaderChanges response) {
        this(request, response, false);
    }

    public RouteEdge withTiming() {
        return new RouteEdge(request, response, true);
    }

    public RouteEdge {
        if (response.names("host")) {
            throw new IllegalArgumentException("cannot set Host in an answer: answers have none");
        }
    }
}
