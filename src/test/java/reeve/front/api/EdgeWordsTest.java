package reeve.front.api;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import reeve.model.Compression;
import reeve.model.ErrorPages;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.RouteEdge;

import static org.assertj.core.api.Assertions.assertThat;

class EdgeWordsTest {
    @Test
    void everythingThatIsConfiguredIsSaid() {
        var changes = new HeaderChanges(List.of(new HeaderChanges.Line("Host", new HeaderText("{backend}"))),
                List.of(new HeaderChanges.Line("X-A", new HeaderText("b"))), List.of("Cookie"));
        RouteEdge edge = new RouteEdge(changes, HeaderChanges.NONE).withTiming().with(Compression.STANDARD)
                .with(new ErrorPages(Path.of("/p"), List.of("404", "5xx"))).withFallbackFile(Path.of("/f"));
        assertThat(EdgeWords.of(edge)).containsExactly("its head is forwarded with no cookie, Host: {backend}, another X-A: b",
                "the answer tells what took how long (Server-Timing)",
                "the answer is compressed where it is text and the client likes it: zstd, br, gzip",
                "errors are answered with the pages in /p; so are the backend's 404, 5xx",
                "where the backend answers 404, /f is sent with 200");
        assertThat(EdgeWords.of(RouteEdge.NONE)).isEmpty();
    }
}
