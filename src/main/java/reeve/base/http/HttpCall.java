package reeve.base.http;

import java.util.List;

/// A request as a client sends it. The client adds `Host` where it is not given, `Content-Length` and `Connection`.
/// @param target path and query, percent-encoded
public record HttpCall(String method, String target, List<Head.Header> headers, byte[] body) {

    public HttpCall {
        headers = List.copyOf(headers);
        boolean targetFits = target.startsWith("/") && target.chars().allMatch(c -> c > ' ' && c < 127 && c != '#');
        boolean methodFits = !method.isEmpty() && method.chars().allMatch(c -> c < 128 && Octets.isToken((byte) c));
        if (!targetFits || !methodFits) {
            throw new IllegalArgumentException("cannot send a request: its method or target holds a character that is not allowed");
        }
        headers.forEach(header -> HttpAnswer.checkText(header.name(), header.value()));
    }

    public static HttpCall get(String target) {
        return new HttpCall("GET", target, List.of(), new byte[0]);
    }
}
