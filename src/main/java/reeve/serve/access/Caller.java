package reeve.serve.access;

import java.net.InetAddress;
import java.util.List;

/// Who makes a request, as far as rules ask. One request, one loop.
public interface Caller {
    /// Where the request comes from, trusted proxies left out.
    InetAddress address();

    /// The values of a header's lines, in their order; empty where there are none.
    /// @param name in lower case
    List<String> header(String name);

    /// The length that the request's body claims to have; -1 where it claims none.
    long contentLength();
}
