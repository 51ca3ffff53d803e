import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

/// The shop's stock, kept in Redis: `GET /stock` lists it, `POST /buy/NAME` takes one, `GET /healthz` asks whether Redis answers.
static final List<String> GOODS = List.of("apples", "bread", "cheese", "tea");

void main() throws IOException {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 1024);
    server.createContext("/stock", withRedis(exchange -> answer(exchange, 200, stock())));
    server.createContext("/buy/", withRedis(this::buy));
    server.createContext("/healthz", withRedis(exchange -> answer(exchange, 200, redis("PING") + "\n")));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    IO.println("api listens on " + server.getAddress());
}

/// One line for each: its name, a space, how many are left.
String stock() throws IOException {
    var lines = new StringBuilder();
    for (String good : GOODS) {
        lines.append(good).append(' ').append(left(good)).append('\n');
    }
    return lines.toString();
}

/// The first question about a good puts twelve of it on the shelf.
int left(String good) throws IOException {
    redis("SET", good, "12", "NX");
    return Integer.parseInt(redis("GET", good));
}

void buy(HttpExchange exchange) throws IOException {
    String good = exchange.getRequestURI().getPath().substring("/buy/".length());
    if (!exchange.getRequestMethod().equals("POST") || !GOODS.contains(good)) {
        answer(exchange, 404, "no such thing\n");
    } else if (left(good) <= 0 || Integer.parseInt(redis("DECR", good)) < 0) {
        answer(exchange, 409, "sold out\n");
    } else {
        answer(exchange, 200, "sold\n");
    }
}

/// Answers 503 while Redis does not answer.
HttpHandler withRedis(HttpHandler handler) {
    return exchange -> {
        try {
            handler.handle(exchange);
        } catch (IOException failed) {
            answer(exchange, 503, "Redis: " + failed.getMessage() + "\n");
        }
    };
}

void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
}

/// Sends one command in Redis's own protocol and reads one answer: `+text`, `:number`, `$length` and the text, or `-error`.
String redis(String... words) throws IOException {
    String[] address = System.getenv("REDIS").split(":");
    try (var socket = new Socket(address[0], Integer.parseInt(address[1]))) {
        socket.setSoTimeout(2000);
        var command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.UTF_8));
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        String head = in.readLine();
        if (head == null || head.startsWith("-")) {
            throw new IOException("Redis says " + head);
        }
        return head.startsWith("$") && !head.equals("$-1") ? in.readLine() : head.substring(1);
    }
}
