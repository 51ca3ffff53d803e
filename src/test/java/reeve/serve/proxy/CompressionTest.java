package reeve.serve.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Compression;
import reeve.model.Compression.Coding;
import reeve.model.RouteEdge;
import reeve.serve.compress.Undo;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("it")
@Timeout(60)
class CompressionTest {
    private static final String TEXT = "all work and no play makes jack a dull boy\n".repeat(2000);
    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String answer(String lines, String body) {
        return "HTTP/1.1 200 OK\r\n" + lines + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void compress(RawBackend backend) {
        EdgeFixture.route(fixture, RouteEdge.NONE.with(Compression.STANDARD), backend.address());
    }

    private static String get(String accepted) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + (accepted.isEmpty() ? "" : "Accept-Encoding: " + accepted + "\r\n") + "\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsCompressedAsTheClientLikesIt(Coding coding) throws IOException {
        try (var backend = RawBackend.answering(_ -> answer("Content-Type: text/html\r\nETag: \"v1\"\r\nAccept-Ranges: bytes\r\n", TEXT))) {
            compress(backend);
            await().until(() -> fixture.ask(get(coding.word())).header("Content-Encoding").equals(coding.word()));
            try (RawConnection client = fixture.connect()) {
                for (int i = 0; i < 3; i++) {
                    RawConnection.Message answer = client.send(get(coding.word())).readMessage();
                    assertThat(answer.head()).contains("Content-Encoding: " + coding.word() + "\r\n", "Vary: Accept-Encoding\r\n",
                            "ETag: W/\"v1\"\r\n", "Transfer-Encoding: chunked\r\n", "Content-Type: text/html\r\n")
                            .doesNotContain("Content-Length", "Accept-Ranges", "Connection: close");
                    assertThat(answer.body().length()).isLessThan(TEXT.length() / 20);
                    assertThat(Undo.all(coding, answer.body())).isEqualTo(TEXT);
                }
            }
        }
    }

    @Test
    void whoTakesNoCodingGetsItAsItIsAndCachesKnow() throws IOException {
        try (var backend = RawBackend.answering(_ -> answer("Content-Type: text/html\r\nETag: \"v1\"\r\n", TEXT))) {
            compress(backend);
            RawConnection.Message answer = fixture.ask(get(""));
            assertThat(answer.head()).contains("Vary: Accept-Encoding\r\n", "ETag: \"v1\"\r\n", "Content-Length: " + TEXT.length())
                    .doesNotContain("Content-Encoding");
            assertThat(answer.body()).isEqualTo(TEXT);
            assertThat(fixture.ask("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n").head()).doesNotContain("Content-Encoding");
            try (RawConnection client = fixture.connect()) {
                assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n").readHead())
                        .doesNotContain("Content-Encoding").contains("Content-Length: " + TEXT.length());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: image/png\r\n", "", "Content-Type: text/html\r\nContent-Encoding: br\r\n",
        "Content-Type: text/html\r\nCache-Control: public, no-transform\r\n", "Content-Type: text/html\r\nContent-Range: bytes 0-1/2\r\n"})
    void someAnswersAreLeftAlone(String lines) throws IOException {
        try (var backend = RawBackend.answering(_ -> answer(lines, TEXT))) {
            compress(backend);
            RawConnection.Message answer = fixture.ask(get("gzip"));
            assertThat(answer.head()).doesNotContain("gzip", "Vary", "chunked");
            assertThat(answer.body()).isEqualTo(TEXT);
        }
    }

    @Test
    void statusesWithoutAWholeBodyAreLeftAlone() throws IOException {
        try (var backend = RawBackend.answering(request -> request.head().contains("/206")
                ? answer("Content-Type: text/html\r\n", TEXT).replace("200 OK", "206 Partial Content")
                : request.head().contains("/304") ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
                        : "HTTP/1.1 204 No Content\r\nContent-Type: text/html\r\n\r\n")) {
            compress(backend);
            for (String path : List.of("/206", "/304", "/204")) {
                assertThat(fixture.ask(get("gzip").replace("GET /", "GET " + path)).head()).doesNotContain("gzip");
            }
        }
    }

    @Test
    void chunkedAndUnboundedAnswersAreCompressedToo() throws IOException {
        String chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n";
        try (var backend = RawBackend.serving((c, _) -> {
            if (c.readHead().contains("/close")) {
                c.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it");
            } else {
                c.send(chunked);
            }
        })) {
            compress(backend);
            assertThat(Undo.all(Coding.GZIP, fixture.ask(get("gzip")).body())).isEqualTo("abcde");
            RawConnection.Message unbounded = fixture.ask(get("gzip").replace("GET /", "GET /close"));
            assertThat(unbounded.head()).contains("chunked").doesNotContain("Connection: close");
            assertThat(Undo.all(Coding.GZIP, unbounded.body())).isEqualTo("all of it");
        }
    }

    @Test
    void anEventIsThereBeforeTheNextOne() throws IOException {
        var next = new CountDownLatch(1);
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ndata: 1\r\n");
            next.await();
            c.send("7\r\ndata: 2\r\n0\r\n\r\n");
        })) {
            EdgeFixture.route(fixture, RouteEdge.NONE.with(new Compression(List.of(Coding.GZIP), 0, List.of("text/event-stream"))),
                    backend.address());
            try (RawConnection client = fixture.connect()) {
                assertThat(client.send(get("gzip")).readHead()).contains("Content-Encoding: gzip");
                String size = client.read(2);
                String first = client.read(2).equals("\r\n") ? client.read(Integer.parseInt(size, 16)) : "";
                assertThat(Undo.some(Coding.GZIP, first, 7)).isEqualTo("data: 1");
                next.countDown();
                assertThat(client.read(2)).isEqualTo("\r\n");
                var rest = new StringBuilder();
                while (!rest.toString().endsWith("0\r\n\r\n")) {
                    rest.append(client.read(1));
                }
                assertThat(rest.length()).isGreaterThan(10);
            }
        }
    }

    @Test
    void anAnswerThatIsCutDoesNotLookWhole() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\nonly the beginning");
        }); RawConnection client = fixture.connect()) {
            compress(backend);
            client.send(get("gzip"));
            assertThat(client.readHead()).contains("Content-Encoding: gzip");
            assertThat(client.readToEnd()).doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aSlowClientHoldsTheBackendBack() throws Exception {
        var sent = new AtomicLong();
        try (var backend = RawBackend.serving((c, _) -> {
            c.readHead();
            c.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
            var random = new Random(1);
            byte[] noise = new byte[64 * 1024];
            for (int i = 0; i < 1000; i++) {
                random.nextBytes(noise);
                c.send(noise);
                sent.addAndGet(noise.length);
            }
        })) {
            compress(backend);
            try (RawConnection client = RawConnection.slowTo(fixture.address)) {
                client.send(get("gzip"));
                client.readHead();
                await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(20)).until(sent::get, bytes -> bytes < 32L * 1024 * 1024);
            }
        }
    }
}
