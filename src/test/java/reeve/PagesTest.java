package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.NeedsProgram;
import reeve.testing.ReeveProcess;

/// The printed URLs in a real browser.
@Tag("it")
@NeedsProgram("chromium")
class PagesTest {
    @TempDir
    Path folder;

    private ReeveProcess reeve;
    private int browsers;

    @BeforeEach
    void begin() {
        reeve = new ReeveProcess(folder);
    }

    @AfterEach
    void end() {
        reeve.close();
    }

    @Test
    void aBrowserOpensThePrintedAddressesTheUnknownHostAndTheStatusPage() throws Exception {
        reeve.up("-f", Path.of("examples", "hello").toAbsolutePath().toString());
        reeve.awaitState("hello/hello/1", "running");
        reeve.awaitState("hello/nap/1", "running");
        String http = reeve.httpAddress();
        String port = http.substring(http.lastIndexOf(':'));
        assertThat(open("http://hello.localhost" + port + "/")).contains(page("hello"));
        assertThat(open("http://nap.localhost" + port + "/")).contains(page("nap"));
        assertThat(open("http://unknown.localhost" + port + "/"))
                .contains("<h1>404 Not Found</h1>")
                .contains("<a href=\"http://hello.localhost" + port + "/\">")
                .contains("<a href=\"http://nap.localhost" + port + "/\">");
        assertThat(open("http://" + reeve.client().node().admin() + "/"))
                .contains("<h2>hello</h2>", "hello/1", "nap/1", ">running</span>")
                .contains("<a href=\"http://hello.localhost" + port + "/\">");
    }

    /// The heading of an example's page.
    private static String page(String service) throws IOException {
        String text = Files.readString(Path.of("examples", "hello", "www", service, "index.html"));
        return text.substring(text.indexOf("<h1>"), text.indexOf("</h1>") + "</h1>".length());
    }

    /// The document as the browser has it after it loaded.
    private String open(String url) throws IOException, InterruptedException {
        Path dump = folder.resolve("dump-" + ++browsers + ".html");
        Process browser = new ProcessBuilder(List.of("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--user-data-dir=" + folder.resolve("browser-" + browsers), "--dump-dom", url))
                .redirectOutput(dump.toFile()).redirectError(folder.resolve("browser-" + browsers + ".txt").toFile()).start();
        try {
            assertThat(browser.waitFor(60, TimeUnit.SECONDS)).as("chromium loads %s", url).isTrue();
        } finally {
            browser.destroyForcibly();
        }
        return Files.readString(dump);
    }
}
