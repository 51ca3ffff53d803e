package reeve.model;

/// Where something listens: a host (name, IPv4, or IPv6 without brackets) and a TCP port, written `host:port` or `[v6]:port`.
public record Address(String host, int port) {

    public Address {
        if (host.isEmpty() || host.length() > 255 || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@' || c == 127)) {
            throw new IllegalArgumentException("cannot use '" + host + "' as a host: expected a name or an IP address");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("cannot use " + port + " as a port: allowed are 0 to 65535 (0: any free port)");
        }
    }

    public static Address loopback(int port) {
        return new Address("127.0.0.1", port);
    }

    /// @throws IllegalArgumentException when the text is not `host:port`, `[v6]:port` or `:port` (all addresses)
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            colon = -1;
        }
        if (colon < 0 || !port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("cannot read '" + text + "' as an address: expected HOST:PORT");
        }
        return new Address(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
