package reeve.serve.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.FileRoot;
import reeve.model.PathKind;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.testing.RawConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("it")
@Timeout(60)
class FilesTest {
    private static final FileTime WHEN = FileTime.from(Instant.ofEpochSecond(1_700_000_000));
    @TempDir
    private Path folder;
    private Path root = Path.of("/");
    private final ProxyFixture fixture = new ProxyFixture();

    @BeforeEach
    void files() throws IOException {
        root = Files.createDirectories(folder.resolve("root"));
        Files.createDirectories(root.resolve("sub"));
        Files.createDirectories(root.resolve(".git"));
        Files.createDirectories(root.resolve(".well-known"));
        write("index.html", "<h1>home</h1>");
        write("sub/index.html", "below");
        write("app.js", "let a = 1;");
        write("a b\u00e9.txt", "named");
        write(".git/config", "secret");
        write(".env", "secret");
        write(".well-known/security.txt", "contact");
        Files.writeString(folder.resolve("outside.txt"), "outside");
        Files.createSymbolicLink(root.resolve("leaves.txt"), folder.resolve("outside.txt"));
        Files.createSymbolicLink(root.resolve("leaves"), folder);
        Files.createSymbolicLink(root.resolve("stays.js"), root.resolve("app.js"));
        serve(new FileRoot(root, "index.html", Optional.empty()));
    }

    private void write(String name, String text) throws IOException {
        Files.setLastModifiedTime(Files.writeString(root.resolve(name), text), WHEN);
    }

    private void serve(FileRoot files) {
        var passing = new RouteHandling(new RouteHandling.PathChange.None(), RouteHandling.AmbiguousPaths.PASS, Optional.empty());
        fixture.sources.publish("apps", List.of(new Route(new RouteSpec("*", "/", PathKind.PREFIX, RouteConditions.NONE, passing),
                new Route.ToFiles(files))));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private RawConnection.Message get(String path, String... lines) throws IOException {
        String more = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
        return fixture.ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n");
    }

    @Test
    void filesAreSentWithWhatCachesNeed() throws IOException {
        RawConnection.Message answer = get("/app.js?v=1");
        assertThat(answer.head()).matches("HTTP/1.1 200 OK\r\nDate: [^\r]+\r\nETag: \"18bcfe56800-a\"\r\n"
                + "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nAccept-Ranges: bytes\r\n"
                + "Content-Type: text/javascript; charset=utf-8\r\nContent-Length: 10\r\n\r\n");
        assertThat(answer.body()).isEqualTo("let a = 1;");
        assertThat(get("/").body()).isEqualTo("<h1>home</h1>");
        assertThat(get("/sub/").body()).isEqualTo("below");
        assertThat(get("/a%20b%C3%A9.txt").body()).isEqualTo("named");
        assertThat(get("/stays.js").body()).isEqualTo("let a = 1;");
        assertThat(get("/.well-known/security.txt").body()).isEqualTo("contact");
        await().untilAsserted(() -> assertThat(fixture.logged()).contains("\"target\":\"/app.js?v=1\",\"status\":200,\"bytes\":10"));
    }

    @Test
    void aFolderIsAskedForWithItsSlash() throws IOException {
        RawConnection.Message answer = get("/sub?x=1");
        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.header("Location")).isEqualTo("/sub/?x=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../outside.txt", "/sub/../../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt",
        "/sub/..%5c..%5coutside.txt", "/\\..\\outside.txt", "/%c0%ae%c0%ae/outside.txt", "//etc/passwd", "//a.example/%2e%2e/sub",
        "/leaves.txt", "/leaves/outside.txt", "/leaves/", "/leaves", "/.git/config", "/.env", "/.git/", "/sub/.well-known/x",
        "/app.js/", "/app.js/x", "/app.js%00.txt", "/none", "/sub//index.html", "/%ff", "/%2", "/./app.js"})
    void whatIsNotShownIsNotThere(String path) throws IOException {
        RawConnection.Message answer = get(path);
        assertThat(answer.status()).isIn(404, 400);
        assertThat(answer.body()).doesNotContain("outside", "secret");
    }

    @Test
    void headHasNoBodyAndNothingElseIsAllowed() throws IOException {
        try (RawConnection client = fixture.connect()) {
            assertThat(client.send("HEAD /app.js HTTP/1.1\r\nHost: a\r\n\r\n").readHead()).contains("200 OK", "Content-Length: 10\r\n");
            assertThat(client.send(ProxyFixture.get("/app.js")).readMessage().body()).isEqualTo("let a = 1;");
        }
        RawConnection.Message refused = fixture.ask("POST /app.js HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void whatTheClientHasIsNotSentAgain() throws IOException {
        String tag = get("/app.js").header("ETag");
        RawConnection.Message same = get("/app.js", "If-None-Match: W/" + tag);
        assertThat(same.head()).startsWith("HTTP/1.1 304 Not Modified\r\n").contains("ETag: " + tag).doesNotContain("Content-Length");
        assertThat(get("/app.js", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT").status()).isEqualTo(304);
        assertThat(get("/app.js", "If-None-Match: \"other\"").status()).isEqualTo(200);
    }

    @Test
    void oneRangeIsSent() throws IOException {
        RawConnection.Message part = get("/app.js", "Range: bytes=4-6");
        assertThat(part.head()).startsWith("HTTP/1.1 206 Partial Content\r\n")
                .contains("Content-Range: bytes 4-6/10\r\n", "Content-Length: 3\r\n");
        assertThat(part.body()).isEqualTo("a =");
        RawConnection.Message beyond = get("/app.js", "Range: bytes=10-");
        assertThat(beyond.head()).startsWith("HTTP/1.1 416 Range Not Satisfiable\r\n").contains("Content-Range: bytes */10\r\n");
        assertThat(get("/app.js", "Range: bytes=0-1,3-4").body()).isEqualTo("let a = 1;");
        assertThat(get("/app.js", "Range: bytes=0-1", "If-Range: \"old\"").status()).isEqualTo(200);
    }

    @Test
    void whatWasCompressedBeforehandIsSentToWhoTakesIt() throws IOException {
        write("app.js.gz", "gzipped");
        write("app.js.br", "brotli!");
        RawConnection.Message br = get("/app.js", "Accept-Encoding: gzip, br");
        assertThat(br.body()).isEqualTo("brotli!");
        assertThat(br.head()).contains("Content-Encoding: br\r\n", "Vary: Accept-Encoding\r\n", "text/javascript", "-7-br\"\r\n");
        assertThat(get("/app.js", "Accept-Encoding: gzip;q=0.5, br;q=0").body()).isEqualTo("gzipped");
        RawConnection.Message plain = get("/app.js");
        assertThat(plain.body()).isEqualTo("let a = 1;");
        assertThat(plain.head()).contains("Vary: Accept-Encoding\r\n").doesNotContain("Content-Encoding");
        Files.setLastModifiedTime(root.resolve("app.js"), FileTime.from(WHEN.toInstant().plusSeconds(5)));
        assertThat(get("/app.js", "Accept-Encoding: br").body()).as("it was made of an older one").isEqualTo("let a = 1;");
    }

    @Test
    void anApplicationGetsItsPageForPathsOfItsOwn() throws IOException {
        serve(new FileRoot(root, "index.html", Optional.of("index.html")));
        assertThat(get("/users/7").body()).isEqualTo("<h1>home</h1>");
        assertThat(get("/users/7").header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(get("/missing.js").status()).isEqualTo(404);
        assertThat(get("/.git/config").status()).isEqualTo(404);
    }

    @Test
    void aPrefixCanBeTakenOff() throws IOException {
        var stripped = new RouteHandling(new RouteHandling.PathChange.StripPrefix(), RouteHandling.AmbiguousPaths.UNLESS_ALONE,
                Optional.empty());
        fixture.sources.publish("apps", List.of(new Route(new RouteSpec("*", "/static").with(stripped),
                new Route.ToFiles(new FileRoot(root, "index.html", Optional.empty())))));
        assertThat(get("/static/app.js").body()).isEqualTo("let a = 1;");
        assertThat(get("/static").body()).isEqualTo("<h1>home</h1>");
        assertThat(get("/static/sub").header("Location")).isEqualTo("/static/sub/");
    }

    @Test
    void aLargeFileComesWholeAndOneAfterTheOther() throws IOException {
        byte[] large = new byte[3 * 1024 * 1024 + 17];
        new Random(1).nextBytes(large);
        Files.write(root.resolve("large.bin"), large);
        try (RawConnection client = fixture.connect()) {
            client.send(ProxyFixture.get("/large.bin") + ProxyFixture.get("/app.js") + ProxyFixture.get("/large.bin"));
            assertThat(client.readMessage().body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(large);
            assertThat(client.readMessage().body()).isEqualTo("let a = 1;");
            assertThat(client.readMessage().body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(large);
        }
    }

    @Test
    void aClientThatLeavesClosesTheFile() throws IOException {
        Files.write(root.resolve("large.bin"), new byte[50 * 1024 * 1024]);
        try (RawConnection client = RawConnection.slowTo(fixture.address)) {
            client.send(ProxyFixture.get("/large.bin"));
            client.readHead();
            assertThat(isOpen("large.bin")).isTrue();
        }
        await().until(() -> !isOpen("large.bin"));
    }

    private static boolean isOpen(String name) throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.anyMatch(fd -> {
                try {
                    return Files.readSymbolicLink(fd).toString().endsWith(name);
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            });
        }
    }
}
