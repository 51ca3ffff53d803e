package reeve.base.http;

import java.util.List;
import java.util.Optional;

/// A whole request as a handler gets it.
/// @param method as sent
/// @param path   as sent, still percent-encoded, without the query; starts with `/` unless it is `*`
/// @param query  as sent, without the `?`; empty where there is none
/// @param host   name or address the request was sent to, without port, as sent; empty where HTTP/1.0 has none
/// @param body   bounded by the server's limits
public record HttpRequest(String method, String path, String query, String host, List<Head.Header> headers, byte[] body, Peer peer) {

    public HttpRequest {
        headers = List.copyOf(headers);
    }

    /// The first header of a name.
    /// @param name in any case
    public Optional<String> header(String name) {
        return headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).map(Head.Header::value).findFirst();
    }
}
