import com.sun.net.httpserver.HttpServer;

/// Stands in for the IC's replica: `GET /api/v2/status` answers a small map in CBOR, as the interface specification has it.
void main() throws IOException {
    String[] listen = System.getenv("LISTEN").split(":");
    var server = HttpServer.create(new InetSocketAddress(listen[0], Integer.parseInt(listen[1])), 1024);
    byte[] status = status();
    server.createContext("/api/v2/status", exchange -> {
        exchange.getResponseHeaders().set("Content-Type", "application/cbor");
        exchange.sendResponseHeaders(200, status.length);
        exchange.getResponseBody().write(status);
        exchange.close();
    });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    IO.println("replica listens on " + server.getAddress());
}

/// RFC 8949 by hand: the tag that says "this is CBOR", then a map of four texts. The start time tells two runs apart.
byte[] status() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7}); // tag 55799
    out.write(0xa4); // a map of 4
    for (String text : List.of(
            "ic_api_version", "0.18.0",
            "impl_version", "example",
            "replica_health_status", "healthy",
            "started_at", Instant.now().toString())) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 23) {
            out.write(0x78); // a text whose length is the next byte
            out.write(bytes.length);
        } else {
            out.write(0x60 | bytes.length); // a text whose length stands here
        }
        out.writeBytes(bytes);
    }
    return out.toByteArray();
}
