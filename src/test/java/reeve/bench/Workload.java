package reeve.bench;

import java.util.List;

/// What proxies are asked to do.
/// @param path  asked for
/// @param peers that are measured, by name
enum Workload {
    HDR("13 browser headers, 128 B, 64 connections", "/small", 64, "nginx", "reeve", "haproxy", "caddy", "lua"),
    LARGE("13 browser headers, 16 KiB, 64 connections", "/16k", 64, "nginx", "reeve", "haproxy"),
    MANY("13 browser headers, 128 B, 512 connections", "/small", 512, "nginx", "reeve", "haproxy"),
    BULK("1 MiB, 16 connections", "/1m", 16, "nginx", "tuned", "reeve", "haproxy"),
    CLOSE("128 B, a new connection for each request, 32 at a time", "/small", 32, "nginx", "reeve", "haproxy"),
    RATE("13 browser headers, 128 B, 2,000 requests a second over 20 connections", "/small", 20, "nginx", "reeve", "haproxy"),
    TLS("TLS 1.3, 13 browser headers, 128 B, 64 connections", "/small", 64, "nginx", "reeve", "haproxy", "caddy"),
    H2("HTTP/2 over TLS 1.3, 128 B, 16 connections of 16 streams", "/small", 16, "nginx", "reeve", "haproxy", "caddy");

    final String what;
    final String path;
    final int connections;
    final List<String> peers;

    Workload(String what, String path, int connections, String... peers) {
        this.what = what;
        this.path = path;
        this.connections = connections;
        this.peers = List.of(peers);
    }
}
