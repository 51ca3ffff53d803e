package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.wire.JournalRow;
import reeve.testing.ReeveProcess;
import reeve.testing.StreamingServer;

/// What is open keeps a service awake until it closes, however long and however quiet. `./dev soak streams` runs it for the
/// full five minutes.
@Tag("it")
class StreamsTest {
    private static final int SECONDS = Integer.getInteger("reeve.stream.seconds", 15);

    @TempDir
    Path folder;

    @Test
    void aLongStreamAndAnIdleWebsocketAreNotInterruptedAndItSleepsOnceTheyEnd_RL_21_RACE_6() throws IOException {
        try (var reeve = new ReeveProcess(folder)) {
            Path manifest = folder.resolve("reeve.yaml");
            Files.writeString(manifest, """
                    name: a
                    services:
                      stream:
                        command: ["${java.home}/bin/java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", "%s", "%s", "${port}"]
                        route: { host: stream.localhost }
                        sleep: { after: 5s }
                    """.formatted(Path.of("target", "test-classes").toAbsolutePath(), StreamingServer.class.getName()));
            reeve.up("-f", manifest.toString());
            reeve.awaitState("a/stream/1", "running");

            var echo = new CompletableFuture<String>();
            WebSocket socket = reeve.http().newWebSocketBuilder().header("Host", "stream.localhost")
                    .buildAsync(URI.create(reeve.request("stream.localhost", "/websocket").uri().toString().replace("http:", "ws:")),
                            listener(echo))
                    .join();
            HttpRequest request = HttpRequest.newBuilder(reeve.request("stream.localhost", "/stream/" + SECONDS).uri())
                    .header("Host", "stream.localhost").build();
            CompletableFuture<HttpResponse<String>> stream = reeve.http().sendAsync(request, HttpResponse.BodyHandlers.ofString());

            HttpResponse<String> whole = stream.orTimeout(SECONDS + 60L, TimeUnit.SECONDS).join();
            assertThat(whole.body().lines()).hasSize(SECONDS)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, SECONDS).mapToObj(i -> "second " + i).toList());
            assertThat(reeve.instance("a/stream/1").state()).isEqualTo("running");
            socket.sendText("still there?", true).join();
            assertThat(echo.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("still there?");
            assertThat(reeve.client().journal(Optional.of("a/stream"), 1000)).extracting(JournalRow::what)
                    .doesNotContain("asleep", "falling_asleep");

            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
            reeve.awaitState("a/stream/1", "asleep");
            System.out.println("soak: a stream and an idle websocket of " + SECONDS + " s were not interrupted");
        }
    }

    private static WebSocket.Listener listener(CompletableFuture<String> echo) {
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                echo.complete(data.toString());
                return CompletableFuture.completedFuture(null);
            }
        };
    }
}
