package reeve.base.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.Closer;
import reeve.base.SystemTime;

/// Server and client against each other and against raw bytes, over real sockets.
@Tag("it")
final class HttpServerTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final ServerLimits LIMITS =
            new ServerLimits(HeadLimits.DEFAULT, 8, 1000, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(1));

    @TempDir
    Path folder;

    private final Closer closer = new Closer();
    private final SystemTime time = closer.register(new SystemTime());
    private final HttpClient client = new HttpClient(time);

    @AfterEach
    void close() {
        closer.close();
    }

    @Test
    void aCallOverTcpIsAnsweredAndThePeerIsLoopback() throws IOException {
        var seen = new AtomicReference<HttpRequest>();
        var target = serve(LIMITS, request -> {
            seen.set(request);
            return HttpAnswer.text(200, "hello\n").with("X-Test", "yes");
        });
        var reply = client.call(target, new HttpCall("POST", "/a%20b?x=1", List.of(new Head.Header("X-Mine", "1")), bytes("body")), SOON,
                100);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).asString().isEqualTo("hello\n");
        assertThat(reply.header("x-test")).contains("yes");
        assertThat(seen.get().path()).isEqualTo("/a%20b");
        assertThat(seen.get().query()).isEqualTo("x=1");
        assertThat(seen.get().host()).isEqualTo("127.0.0.1");
        assertThat(seen.get().header("x-mine")).contains("1");
        assertThat(seen.get().body()).asString().isEqualTo("body");
        assertThat(seen.get().peer()).isInstanceOfSatisfying(Peer.Tcp.class, peer -> assertThat(peer.loopback()).isTrue());
    }

    @Test
    void anUpgradeTurnsAConnectionIntoFramesBothWays() throws Exception {
        var target = serve(LIMITS, request -> request.header("Upgrade").isEmpty() ? HttpAnswer.text(400, "no")
                : HttpAnswer.upgraded(request.header("Upgrade").get(), frames -> {
                    for (var frame = frames.read(); frame.isPresent() && frame.get().kind() == 7; frame = frames.read()) {
                        frames.write(new Frame(9, "you said " + frame.get().text()));
                    }
                    frames.end();
                }));
        var call = new HttpCall("POST", "/", List.of(), bytes("body"));
        assertThat(client.call(target, call, SOON, 100).status()).isEqualTo(400);
        var switched = (HttpClient.Switched.To) client.upgrade(target, call, "test", SOON, 100);
        try (FrameChannel frames = switched.frames()) {
            frames.write(new Frame(7, "hello"));
            assertThat(frames.read().orElseThrow().text()).isEqualTo("you said hello");
            frames.write(new Frame(7, ""));
            assertThat(frames.read().orElseThrow().text()).isEqualTo("you said ");
            frames.write(new Frame(8, new byte[Frame.MOST_BYTES]));
            assertThat(frames.read()).isEmpty();
        }
        assertThatThrownBy(() -> new Frame(1, new byte[Frame.MOST_BYTES + 1])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aServerThatClosesCutsWhatWasUpgraded() throws Exception {
        var ended = new CountDownLatch(1);
        var target = serve(LIMITS, request -> HttpAnswer.upgraded("test", new HttpAnswer.Conversation() {
            @Override
            public void hold(FrameChannel frames) throws IOException {
                try {
                    frames.read();
                } finally {
                    ended.countDown();
                }
            }

            @Override
            public void drop() {
                ended.countDown(); // it closes before the conversation has begun
            }
        }));
        var switched = (HttpClient.Switched.To) client.upgrade(target, HttpCall.get("/"), "test", SOON, 100);
        try (FrameChannel frames = switched.frames()) {
            Thread.ofVirtual().start(closer::close);
            assertThat(frames.read()).isEmpty();
        }
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatItsClientDidNotWaitForIsDropped() throws Exception {
        Path path = folder.resolve("run/reeve.sock");
        var asked = new CountDownLatch(1);
        var left = new CountDownLatch(1);
        var outcome = new CompletableFuture<String>();
        serveUnix(path, _ -> {
            asked.countDown();
            wait(left);
            return HttpAnswer.upgraded("test", new HttpAnswer.Conversation() {
                @Override
                public void hold(FrameChannel frames) {
                    outcome.complete("held");
                }

                @Override
                public void drop() {
                    outcome.complete("dropped");
                }
            });
        });
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            channel.write(ByteBuffer.wrap(bytes("GET / HTTP/1.1\r\nHost: reeve\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n")));
            wait(asked);
        }
        left.countDown();
        assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo("dropped");
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }

    @Test
    void aFrameThatIsTooLongEndsTheReading() throws Exception {
        var reason = new CompletableFuture<String>();
        var target = serve(LIMITS, request -> HttpAnswer.upgraded("test", frames -> {
            try {
                frames.read();
            } catch (IOException e) {
                reason.complete(e.getMessage());
            }
        }));
        try (var raw = SocketChannel.open(target.address())) {
            raw.write(ByteBuffer.wrap(bytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n")));
            raw.write(ByteBuffer.wrap(new byte[] {1, 0, 1, 0, 1}));
            assertThat(reason.get(5, TimeUnit.SECONDS)).isEqualTo("cannot read a frame of 65537 bytes");
        }
    }

    @Test
    void aCallOverAUnixSocketTellsTheUserWhoConnected() throws IOException {
        Path socket = folder.resolve("run/reeve.sock");
        var seen = new AtomicReference<Peer>();
        serveUnix(socket, request -> {
            seen.set(request.peer());
            return HttpAnswer.text(200, "");
        });
        assertThat(client.call(new HttpTarget.Unix(socket), HttpCall.get("/"), SOON, 100).status()).isEqualTo(200);
        assertThat(seen.get()).isEqualTo(new Peer.Unix(Files.getOwner(socket)));
    }

    @Test
    void theSocketIsForItsOwnerOnly() throws IOException {
        Path socket = folder.resolve("run/reeve.sock");
        serveUnix(socket, _ -> HttpAnswer.text(200, ""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent()))).isEqualTo("rwx------");
    }

    @Test
    void aLiveSocketIsLeftAloneAndAStaleOneReplaced() throws IOException {
        Path socket = folder.resolve("reeve.sock");
        HttpServer first = serveUnix(socket, _ -> HttpAnswer.text(200, "first"));
        assertThat(UnixListener.listen(socket)).isEqualTo(new UnixListener.AlreadyServed(socket));
        first.close();
        assertThat(socket).exists();
        serveUnix(socket, _ -> HttpAnswer.text(200, "second"));
        assertThat(client.call(new HttpTarget.Unix(socket), HttpCall.get("/"), SOON, 100).body()).asString().isEqualTo("second");
    }

    @Test
    @DisplayName("class 12: nothing but a socket is replaced, no link is followed, no folder that others may write to is used")
    void whatIsNotASocketIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path directory = Files.createDirectory(folder.resolve("directory"));
        for (Path planted : List.of(file, link, directory)) {
            assertThatThrownBy(() -> UnixListener.listen(planted)).isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("not a socket");
        }
        assertThat(file).hasContent("precious");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> UnixListener.listen(open.resolve("reeve.sock"))).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("0700");
    }

    @Test
    void oneConnectionCarriesManyRequests() throws IOException {
        var target = serve(LIMITS, request -> HttpAnswer.text(200, request.path()));
        try (var socket = new Socket(target.address().getAddress(), target.address().getPort())) {
            socket.getOutputStream()
                    .write(bytes(
                    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                    + "HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(5);
            assertThat(all).contains("\r\n\r\n/1", "\r\n\r\n/2", "\r\n\r\n/4").doesNotContain("\r\n\r\n/3").contains("Connection: close");
        }
    }

    @Test
    void tooLargeBodiesAndBrokenHeadsAreRefusedAndTheConnectionCloses() throws IOException {
        var target = serve(LIMITS, _ -> HttpAnswer.text(200, "reached"));
        assertThat(raw(target, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + "x".repeat(1001)))
                .startsWith("HTTP/1.1 413 ");
        assertThat(raw(target, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n" + "x".repeat(0x500)
                + "\r\n0\r\n\r\n")).startsWith("HTTP/1.1 413 ");
        assertThat(raw(target, "GET / HTTP/1.1\nHost: a\n\n")).startsWith("HTTP/1.1 400 ");
        assertThat(raw(target, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n")).startsWith("HTTP/1.1 431 ");
        assertThat(raw(target, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aClientThatWaitsForContinueGetsIt() throws IOException {
        var target = serve(LIMITS, request -> HttpAnswer.of(200, "text/plain", request.body()));
        String all = raw(target, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        assertThat(all).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n").endsWith("ok");
    }

    @Test
    void aRequestThatDripsIsCutOff() throws IOException {
        var target = serve(LIMITS, _ -> HttpAnswer.text(200, "reached"));
        try (var socket = new Socket(target.address().getAddress(), target.address().getPort())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(bytes("GET / HT"));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void moreConnectionsThanAllowedAreAnswered503() throws IOException {
        var release = new CountDownLatch(1);
        var limits = new ServerLimits(HeadLimits.DEFAULT, 1, 1000, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1));
        var target = serve(limits, _ -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return HttpAnswer.text(200, "");
        });
        try (var first = new Socket(target.address().getAddress(), target.address().getPort())) {
            first.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            assertThat(raw(target, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 503 ").contains("Retry-After: 1");
            release.countDown();
        }
    }

    @Test
    void aHandlerThatThrowsIsAnsweredWithoutDetail() throws IOException {
        var target = serve(LIMITS, _ -> {
            throw new IllegalStateException("secret");
        });
        var reply = client.call(target, HttpCall.get("/"), SOON, 1000);
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body()).asString().doesNotContain("secret");
    }

    @Test
    void aStreamArrivesLineByLineAndItsWriterLearnsWhenTheClientLeaves() throws IOException {
        var left = new AtomicBoolean();
        var next = new AtomicReference<>(new CountDownLatch(1));
        var target = serve(LIMITS, _ -> HttpAnswer.streamed("text/plain", out -> {
            out.write("one\ntw");
            out.write("o\r\n");
            left.set(out.goneWithin(SOON));
            next.get().countDown();
        }));
        try (HttpStream stream = client.open(target, HttpCall.get("/"), SOON)) {
            assertThat(stream.line()).contains("one");
            assertThat(stream.line()).contains("two");
            assertThat(left).isFalse();
        }
        await().atMost(SOON).untilTrue(left);
    }

    @Test
    void aStreamThatEndsIsWholeForTheClient() throws IOException {
        var target = serve(LIMITS, _ -> HttpAnswer.streamed("text/plain", out -> out.write("all\nof it")));
        try (HttpStream stream = client.open(target, HttpCall.get("/"), SOON)) {
            assertThat(stream.line()).contains("all");
            assertThat(stream.line()).contains("of it");
            assertThat(stream.line()).isEqualTo(Optional.empty());
        }
        assertThat(client.call(target, HttpCall.get("/"), SOON, 100).body()).asString().isEqualTo("all\nof it");
    }

    @Test
    void closingTheServerEndsItsStreams() throws IOException {
        var started = new CountDownLatch(1);
        var server = start(LIMITS, _ -> HttpAnswer.streamed("text/plain", out -> {
            started.countDown();
            out.write(out.goneWithin(SOON) ? "gone" : "still there");
        }));
        try (HttpStream stream = client.open(target(server), HttpCall.get("/"), SOON)) {
            started.await();
            server.close();
            assertThat(stream.line()).contains("gone");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theClientsDeadlineAndBoundHold() throws IOException {
        var target = serve(LIMITS, request -> {
            if (request.path().equals("/slow")) {
                return HttpAnswer.streamed("text/plain", out -> out.goneWithin(SOON));
            }
            return HttpAnswer.text(200, "x".repeat(101));
        });
        assertThatThrownBy(() -> client.call(target, HttpCall.get("/slow"), Duration.ofMillis(200), 100))
                .isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> client.call(target, HttpCall.get("/"), SOON, 100)).isInstanceOf(BodyTooLargeException.class);
    }

    @Test
    @DisplayName("class 14: a header with a control character is a fault of ours, never sent")
    void controlCharactersInHeadersAreRefused() {
        var answer = HttpAnswer.text(200, "");
        for (String value : List.of("a\r\nSet-Cookie: b", "a\nb", "\u0000", "\u001b[1m", "\u2028")) {
            assertThatThrownBy(() -> answer.with("X", value)).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining(value);
        }
        assertThatThrownBy(() -> answer.with("X\r\nY", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpCall.get("/a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpCall.get("/a\r\nX: y")).isInstanceOf(IllegalArgumentException.class);
    }

    private HttpTarget.Tcp serve(ServerLimits limits, HttpHandler handler) throws IOException {
        return target(start(limits, handler));
    }

    private HttpServer start(ServerLimits limits, HttpHandler handler) throws IOException {
        var listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return closer.register(HttpServer.start(listener, limits, time, handler));
    }

    private static HttpTarget.Tcp target(HttpServer server) {
        return new HttpTarget.Tcp((InetSocketAddress) server.address());
    }

    private HttpServer serveUnix(Path socket, HttpHandler handler) throws IOException {
        var listening = (UnixListener.Listening) UnixListener.listen(socket);
        return closer.register(HttpServer.start(listening.channel(), LIMITS, time, handler));
    }

    private static String raw(HttpTarget.Tcp target, String request) throws IOException {
        try (var socket = new Socket(target.address().getAddress(), target.address().getPort())) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(bytes(request));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
