package reeve.model;

/// What becomes of a route's requests and answers on their way through the proxy.
/// @param request  header lines towards the backend
/// @param response header lines towards the client
public record RouteEdge(HeaderChanges request, HeaderChanges response) {
    /// They pass as they are.
    public static final RouteEdge NONE = new RouteEdge(HeaderChanges.NONE, HeaderChanges.NONE);

    public RouteEdge {
        if (response.names("host")) {
            throw new IllegalArgumentException("cannot set Host in an answer: answers have none");
        }
    }
}
