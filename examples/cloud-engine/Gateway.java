import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// Stands in for the IC's gateway: passes every request on to the replica and the answer back as it is; 502 where none comes.
static final String REPLICA = System.getenv("REPLICA");
static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

void main() throws IOException {
    String[] listen = System.getenv("LISTEN").split(":");
    var server = HttpServer.create(new InetSocketAddress(listen[0], Integer.parseInt(listen[1])), 1024);
    server.createContext("/", this::pass);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    IO.println("gateway listens on " + server.getAddress() + ", the replica is " + REPLICA);
}

void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
        HttpResponse<byte[]> answer;
        try {
            answer = ask(exchange);
        } catch (IOException silent) {
            respond(exchange, 502, "The replica does not answer.\n".getBytes(StandardCharsets.UTF_8));
            return;
        }
        answer.headers().firstValue("Content-Type").ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        respond(exchange, answer.statusCode(), answer.body());
    }
}

HttpResponse<byte[]> ask(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    var request = HttpRequest.newBuilder(URI.create(REPLICA + exchange.getRequestURI())).timeout(Duration.ofSeconds(30))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
        request.setHeader("Content-Type", type);
    }
    try {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException stopped) {
        throw new InterruptedIOException("stopped while asking the replica");
    }
}

void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
}
