import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// The shop's only page: `GET /` shows what the api has in stock, `POST /buy/NAME` buys one and shows the page again.
static final String API = System.getenv("API");
static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

void main() throws IOException {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 1024);
    server.createContext("/", withApi(this::page));
    server.createContext("/buy/", withApi(this::buy));
    server.createContext("/healthz", exchange -> answer(exchange, 200, "ok\n"));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    IO.println("web listens on " + server.getAddress());
}

void page(HttpExchange exchange) throws IOException {
    HttpResponse<String> stock = ask("GET", "/stock");
    if (stock.statusCode() != 200) {
        answer(exchange, 502, "The shop is closed: " + stock.body());
        return;
    }
    String rows = stock.body().lines().map(line -> line.split(" ")).map(good -> """
            <tr><td>%1$s</td><td>%2$s left</td><td><form method="post" action="/buy/%1$s"><button>Buy</button></form></td></tr>
            """.formatted(good[0], good[1])).collect(Collectors.joining());
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    answer(exchange, 200, """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
            <style>
              :root { color-scheme: light dark; }
              body { font: 18px/1.6 system-ui, sans-serif; max-width: 30rem; margin: 4rem auto; }
              table { width: 100%%; border-collapse: collapse; } td { padding: .4rem 0; border-bottom: 1px solid #8884; }
              td:last-child { text-align: right; } button { font: inherit; } form { margin: 0; }
            </style>
            <h1>Shop</h1>
            <table>
            %s</table>
            </html>
            """.formatted(rows));
}

void buy(HttpExchange exchange) throws IOException {
    HttpResponse<String> bought = ask(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
    boolean answered = bought.statusCode() == 200 || bought.statusCode() == 409;
    exchange.getResponseHeaders().set("Location", "/");
    answer(exchange, answered ? 303 : bought.statusCode(), bought.body());
}

/// Answers 502 while the api does not answer.
HttpHandler withApi(HttpHandler handler) {
    return exchange -> {
        try {
            handler.handle(exchange);
        } catch (IOException failed) {
            answer(exchange, 502, "The shop is closed: the api does not answer.\n");
        }
    };
}

HttpResponse<String> ask(String method, String path) throws IOException {
    var request = HttpRequest.newBuilder(URI.create(API + path)).timeout(Duration.ofSeconds(5))
            .method(method, HttpRequest.BodyPublishers.noBody());
    try {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException stopped) {
        throw new InterruptedIOException("stopped while asking the api");
    }
}

void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
}
