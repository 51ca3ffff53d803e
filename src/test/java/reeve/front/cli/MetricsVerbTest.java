package reeve.front.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.testing.FakeServer;

final class MetricsVerbTest {
    private static final String TEXT = """
            # HELP reeve_service_start_attempts_total Attempts.
            # TYPE reeve_service_start_attempts_total counter
            reeve_service_start_attempts_total{app="wiki",service="web"} 1.0
            reeve_service_start_attempts_total{app="wiki",service="a \\"}\\" b"} 3.0 1767600000000
            # HELP reeve_service_stop_attempts_total Attempts.
            # TYPE reeve_service_stop_attempts_total counter
            # TYPE took_seconds histogram
            took_seconds_bucket{le="+Inf"} 4
            took_seconds_sum 2.5
            took_seconds_count 4
            unannounced 7
            nothing NaN
            """;

    @TempDir
    Path folder;

    private FakeServer server;
    private Terminal terminal;

    @BeforeEach
    void startNode() throws IOException {
        server = new FakeServer(folder);
        server.node.metrics = TEXT;
        terminal = new Terminal(folder, server.time);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void withoutCheckItShowsThem() {
        assertThat(terminal.run("metrics")).isZero();
        assertThat(terminal.out()).isEqualTo(TEXT);
    }

    @Test
    void numbersWithinTheirLimitsAreNotMentioned() {
        assertThat(terminal.run("metrics", "check", "--max", "reeve_service_start=3", "--max", "reeve_service_stop_attempts_total=0",
                "--max", "unann=7")).isZero();
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void eachNumberBeyondItsLimitGetsALine() {
        assertThat(terminal.run("metrics", "check", "--max", "reeve_service_start_attempts_total=0", "--max", "took_seconds=2.4",
                "--max", "unannounced=7", "--max", "nothing=1")).isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("""
                reeve_service_start_attempts_total{app="wiki",service="web"} is 1, allowed is 0
                reeve_service_start_attempts_total{app="wiki",service="a \\"}\\" b"} is 3, allowed is 0
                took_seconds_bucket{le="+Inf"} is 4, allowed is 2.4
                took_seconds_sum is 2.5, allowed is 2.4
                took_seconds_count is 4, allowed is 2.4
                nothing is NaN, allowed is 1
                """);
    }

    @Test
    void asJsonItSaysWhatWasMeant() {
        assertThat(terminal.run("metrics", "check", "-o", "json", "--max", "reeve_service_start=2", "--max", "reeve_service_stop=0"))
                .isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("""
                {"ok":false,"limits":[{"metric":"reeve_service_start_attempts_total","max":2.0,"exceeded":\
                [{"series":"reeve_service_start_attempts_total{app=\\"wiki\\",service=\\"a \\\\\\"}\\\\\\" b\\"}","value":3.0}]},\
                {"metric":"reeve_service_stop_attempts_total","max":0.0,"exceeded":[]}]}
                """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "reeve_service=1 | unannounced=1 | cannot check 'reeve_service': reeve_service_start_attempts_total, "
                + "reeve_service_stop_attempts_total begin with it",
        "reeve_service_start=1 | reeve_service_start_attempts=2 | cannot check 'reeve_service_start': 'reeve_service_start_attempts' "
                + "begins with it too, so it is not clear which is meant",
        "unannounced=1 | unannounced=2 | cannot use two limits for unannounced",
        "mistyped=1 | unannounced=1 | cannot check 'mistyped': no metric begins with it",
        "unannounced | nothing=1 | cannot use --max unannounced: expected NAME=N, such as reeve_service_start_attempts_total=1",
        "unannounced=many | nothing=1 | cannot use --max unannounced=many: expected NAME=N, such as reeve_service_start_attempts_total=1"})
    void anAmbiguousOrWrongListIsRefused(String one, String other, String reason) {
        assertThat(terminal.run("metrics", "check", "--max", one, "--max", other)).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("reeve: " + reason + "\n");
        assertThat(terminal.run("metrics", "check", "--max", other, "--max", one)).isEqualTo(2);
    }

    @Test
    void aCheckWithoutLimitsIsRefused() {
        assertThat(terminal.run("metrics", "check")).isEqualTo(2);
        assertThat(terminal.run("metrics", "--max", "unannounced=1")).isEqualTo(2);
        assertThat(terminal.run("metrics", "check", "--max", "a=1", "--url", "ftp://127.0.0.1/")).isEqualTo(2);
        assertThat(terminal.run("metrics", "check", "--max", "a=1", "--url", "http://127.0.0.1:1/", "--file", "x")).isEqualTo(2);
        assertThat(terminal.run("metrics", "check", "--max", "a=1", "--url", "http://127.0.0.1:1/metrics")).isEqualTo(3);
    }

    @Test
    void aFileIsCheckedWithoutANode() throws IOException {
        server.close();
        Files.writeString(folder.resolve("saved.txt"), TEXT);
        assertThat(terminal.run("metrics", "check", "--file", "saved.txt", "--max", "unannounced=6")).isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("unannounced is 7, allowed is 6\n");
        Files.writeString(folder.resolve("saved.txt"), "<html>no metrics</html>");
        assertThat(terminal.run("metrics", "check", "--file", "saved.txt", "--max", "unannounced=6")).isEqualTo(3);
    }
}
