package reeve.base.http;

import java.util.List;
import java.util.Optional;

/// A whole answer as a client gets it.
public record HttpReply(int status, List<Head.Header> headers, byte[] body) {

    public HttpReply {
        headers = List.copyOf(headers);
    }

    /// @param name in any case
    public Optional<String> header(String name) {
        return headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).map(Head.Header::value).findFirst();
    }
}
