package reeve.run.container;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reeve.base.Time;
import reeve.base.http.Head;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpReply;
import reeve.base.http.HttpStream;
import reeve.base.http.HttpTarget;
import reeve.base.http.HttpUpload;
import reeve.model.wire.WireException;
import reeve.run.container.PodmanException.Kind;

/// Podman's REST API over its unix socket: one connection and one deadline for each call, so that none waits for another.
/// Any thread; the caller waits. Every method throws a [PodmanException], `SILENT` when its time was over.
final class Podman {
    /// For what Podman only has to look up.
    static final Duration LOOK = Duration.ofSeconds(5);

    /// For what it has to do.
    static final Duration ACT = Duration.ofSeconds(60);

    /// The API that Docker has, too: it alone tells how far a download is.
    static final String COMPATIBLE = "/v4.0.0/images/";

    private static final String LIBPOD = "/v4.0.0/libpod";
    /// Podman may answer a listener only with the first event.
    private static final Duration UNTIL_SOMETHING_HAPPENS = Duration.ofHours(1);

    private static final int MOST_OF_AN_ANSWER = 64 * 1024 * 1024;
    private static final int MOST_OF_AN_ERROR = 64 * 1024;

    private final PodmanSocket socket;
    private final HttpClient http;
    private final Time time;

    Podman(PodmanSocket socket, HttpClient http, Time time) {
        this.socket = socket;
        this.http = http;
        this.time = time;
    }

    /// A part of a path or query, percent-encoded.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    // containers

    /// All that have these labels, also those that do not run.
    List<Container> list(List<String> labels, Duration within) throws PodmanException {
        String filters = encoded(Json.object(Map.of("label", labels)).toString());
        return get("/containers/json?all=true&filters=" + filters, within).items().stream().map(Container::ofRow).toList();
    }

    Optional<Container> inspect(String idOrName) throws PodmanException {
        return look("/containers/" + encoded(idOrName) + "/json").map(Container::ofInspection);
    }

    /// The pipe on which the monitor of a container takes orders.
    Optional<Path> control(String id) throws PodmanException {
        return look("/containers/" + id + "/json").map(json -> Path.of(json.get("OCIConfigPath").text()).resolveSibling("ctl"));
    }

    /// @return its id
    String create(Json specification) throws PodmanException {
        return post("/containers/create", specification, ACT).get("Id").text();
    }

    /// Makes ready what a start needs, up to the program itself: its process is there, and waits.
    void init(String id) throws PodmanException {
        post("/containers/" + id + "/init", Json.NOTHING, ACT);
    }

    void start(String id) throws PodmanException {
        post("/containers/" + id + "/start", Json.NOTHING, ACT);
    }

    void kill(String id, int signal) throws PodmanException {
        post("/containers/" + id + "/kill?signal=" + signal, Json.NOTHING, LOOK.multipliedBy(2));
    }

    /// Gives its terminal a size.
    void resize(String id, int rows, int columns) throws PodmanException {
        post("/containers/" + id + "/resize?h=" + rows + "&w=" + columns, Json.NOTHING, LOOK);
    }

    /// Ends its program: by its stop signal, and by KILL where that is not enough within the grace.
    void stop(String id, Duration grace) throws PodmanException {
        post("/containers/" + id + "/stop?timeout=" + grace.toSeconds(), Json.NOTHING, grace.plus(LOOK.multipliedBy(2)));
    }

    void pause(String id) throws PodmanException {
        post("/containers/" + id + "/pause", Json.NOTHING, LOOK.multipliedBy(2));
    }

    void unpause(String id) throws PodmanException {
        post("/containers/" + id + "/unpause", Json.NOTHING, LOOK.multipliedBy(2));
    }

    /// Ends it, if it runs, and removes it; does nothing where there is none.
    /// @param volumes whether those without a name go with it
    void remove(String id, boolean volumes) throws PodmanException {
        String path = "/containers/" + id + "?force=true&timeout=0&v=" + volumes;
        try {
            delete(path, ACT);
        } catch (PodmanException e) {
            if (!String.valueOf(e.getMessage()).contains("conmon exited prematurely")) {
                throw e;
            }
            delete(path, ACT); // Podman 5 learns that its monitor has died by failing to stop it; then it removes it
        }
    }

    /// Removes a volume; does nothing where there is none. `REFUSED` or `TAKEN` while a container uses it.
    void removeVolume(String name) throws PodmanException {
        delete("/volumes/" + encoded(name), ACT);
    }

    Json stats(String id) throws PodmanException {
        return get("/containers/stats?stream=false&containers=" + id, LOOK);
    }

    // networks, volumes, secrets, images

    boolean exists(String kind, String name) throws PodmanException {
        return look("/" + kind + "/" + encoded(name) + "/json").isPresent();
    }

    /// Makes a network, volume …; where it is there already, that one serves.
    void make(String path, Json specification) throws PodmanException {
        try {
            post(path, specification, ACT);
        } catch (PodmanException e) {
            if (!e.is(Kind.TAKEN)) {
                throw e;
            }
        }
    }

    void makeSecret(String name, String content) throws PodmanException {
        call("POST", LIBPOD + "/secrets/create?name=" + encoded(name), content.getBytes(StandardCharsets.UTF_8), ACT);
    }

    void removeSecret(String name) throws PodmanException {
        delete("/secrets/" + encoded(name), LOOK);
    }

    /// @return its whole inspection; empty where it is not there
    Optional<Json> image(String nameOrId) throws PodmanException {
        return look("/images/" + encoded(nameOrId) + "/json");
    }

    /// Removes an image that no container uses.
    /// @return whether it is gone
    boolean removeImage(String id) throws PodmanException {
        try {
            delete("/images/" + encoded(id), ACT);
            return true;
        } catch (PodmanException e) {
            if (e.is(Kind.SILENT)) {
                throw e;
            }
            return false; // in use
        }
    }

    // calls

    Json get(String path, Duration within) throws PodmanException {
        return json(call("GET", LIBPOD + path, new byte[0], within));
    }

    Json post(String path, Json body, Duration within) throws PodmanException {
        byte[] bytes = body.isNothing() ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        return json(call("POST", LIBPOD + path, bytes, within));
    }

    private void delete(String path, Duration within) throws PodmanException {
        try {
            call("DELETE", LIBPOD + path, new byte[0], within);
        } catch (PodmanException e) {
            if (!e.is(Kind.MISSING)) {
                throw e;
            }
        }
    }

    private Optional<Json> look(String path) throws PodmanException {
        try {
            return Optional.of(get(path, LOOK));
        } catch (PodmanException e) {
            if (e.is(Kind.MISSING)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Json json(HttpReply reply) throws PodmanException {
        String text = new String(reply.body(), StandardCharsets.UTF_8);
        try {
            return text.isBlank() ? Json.NOTHING : Json.parse(text);
        } catch (WireException e) {
            throw new PodmanException(Kind.SILENT, "Podman's answer cannot be understood: " + e.getMessage());
        }
    }

    private HttpReply call(String method, String path, byte[] body, Duration within) throws PodmanException {
        var call = new HttpCall(method, path, List.of(new Head.Header("Content-Type", "application/json")), body);
        HttpReply reply = connected(target -> http.call(target, call, within, MOST_OF_AN_ANSWER));
        if (reply.status() >= 300 && reply.status() != 304) {
            throw refusal(reply.status(), reply.body());
        }
        return reply;
    }

    private interface Exchange<T> {
        T with(HttpTarget target) throws IOException;
    }

    /// Once more where nobody listens any more: a service that nobody used has ended, another one takes its place.
    private <T> T connected(Exchange<T> exchange) throws PodmanException {
        HttpTarget target = socket.target();
        try {
            return exchange.with(target);
        } catch (IOException first) {
            socket.lost(target);
            if (!nobodyListens(first)) {
                throw silent(first);
            }
        }
        try {
            return exchange.with(socket.target());
        } catch (IOException second) {
            throw silent(second);
        }
    }

    private static boolean nobodyListens(IOException e) {
        return e instanceof ConnectException
                || e instanceof SocketException && String.valueOf(e.getMessage()).contains("No such file");
    }

    private static PodmanException silent(IOException e) {
        boolean late = e instanceof SocketTimeoutException;
        return new PodmanException(Kind.SILENT, "Podman does not answer" + (late ? " in time" : ": " + e.getMessage()));
    }

    private static PodmanException refusal(int status, byte[] body) {
        String message = message(new String(body, StandardCharsets.UTF_8)).strip();
        boolean taken = status == 409 || message.contains("already in use") || message.contains("already exists");
        boolean missing = status == 404 || message.contains("no such container"); // also of one that is just being removed
        return new PodmanException(missing ? Kind.MISSING : taken ? Kind.TAKEN : Kind.REFUSED, message);
    }

    private static String message(String text) {
        try {
            Json answer = Json.parse(text);
            return answer.find("message", "cause").map(Json::text).findFirst().orElse(text);
        } catch (WireException e) {
            return text;
        }
    }

    // streams

    /// Takes a piece of a stream.
    interface Taker {
        void take(Json piece) throws PodmanException;
    }

    /// A call that is answered by lines of JSON, each of which says how it goes on. There is no bound on all of it.
    /// @param upload  what is sent; null for nothing
    /// @param silence how long nothing may be heard; then it is `REFUSED`: others may well be served
    void stream(String path, List<Head.Header> headers, @Nullable HttpUpload upload, Duration silence, Taker taker) throws PodmanException {
        var call = new HttpCall("POST", path.startsWith(COMPATIBLE) ? path : LIBPOD + path, headers, new byte[0]);
        var late = new AtomicBoolean();
        try (HttpStream stream = connected(target -> {
            try {
                return upload == null ? http.open(target, call, silence) : http.open(target, call, upload, silence);
            } catch (SocketTimeoutException e) {
                late.set(true);
                throw e;
            }
        })) {
            if (stream.status() >= 300) {
                throw refusal(stream.status(), stream.rest(MOST_OF_AN_ERROR));
            }
            while (true) {
                Optional<String> line = line(stream, silence, late);
                if (line.isEmpty()) {
                    return;
                }
                if (!line.get().isBlank()) {
                    taker.take(piece(line.get()));
                }
            }
        } catch (PodmanException e) {
            throw late.get() ? stalled(silence) : e;
        } catch (IOException e) {
            throw late.get() ? stalled(silence) : silent(e);
        }
    }

    private static PodmanException stalled(Duration silence) {
        return new PodmanException(Kind.REFUSED, "nothing was heard of it for " + silence.toSeconds() + " s");
    }

    private Optional<String> line(HttpStream stream, Duration silence, AtomicBoolean late) throws IOException {
        Runnable cancel = time.after(silence, () -> {
            late.set(true);
            close(stream);
        });
        try {
            return stream.line();
        } finally {
            cancel.run();
        }
    }

    static void close(HttpStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // whoever reads it meets the same failure
        }
    }

    private static Json piece(String line) throws PodmanException {
        try {
            return Json.parse(line);
        } catch (WireException e) {
            throw new PodmanException(Kind.SILENT, "Podman's answer cannot be understood: " + e.getMessage());
        }
    }

    /// What happens to containers with a label, a line of JSON each, for as long as the caller listens.
    HttpStream events(String label) throws PodmanException {
        String filters = encoded(Json.object(Map.of("type", List.of("container"), "label", List.of(label))).toString());
        var call = HttpCall.get(LIBPOD + "/events?stream=true&filters=" + filters);
        return connected(target -> http.open(target, call, UNTIL_SOMETHING_HAPPENS));
    }

    /// Opens a stream of bytes; the caller reads and closes it.
    HttpStream open(String path, Json body, Duration within) throws PodmanException {
        var call = new HttpCall("POST", LIBPOD + path, List.of(new Head.Header("Content-Type", "application/json")),
                body.toString().getBytes(StandardCharsets.UTF_8));
        HttpStream stream = connected(target -> http.open(target, call, within));
        if (stream.status() >= 300) {
            try (stream) {
                throw refusal(stream.status(), stream.rest(MOST_OF_AN_ERROR));
            } catch (IOException e) {
                throw silent(e);
            }
        }
        return stream;
    }
}
