package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("it")
class CensusTest {
    private static final String MARK = "REEVE_TEST_MARK";

    private final Census census = new Census(MARK + "=census-" + ProcessHandle.current().pid());
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(process -> process.destroyForcibly().onExit().join()); // the next test's census must not see them
    }

    private void start(String instance, String run) throws IOException {
        var builder = new ProcessBuilder("sleep", "100");
        builder.environment().put(MARK, "census-" + ProcessHandle.current().pid());
        builder.environment().put("REEVE_INSTANCE", instance);
        builder.environment().put("REEVE_COOKIE", run);
        int before = census.left().size();
        started.add(builder.start());
        await().atMost(Duration.ofSeconds(10)).until(() -> census.left().size() > before); // it has become the program
    }

    @Test
    void twoRunsOfAnInstanceAtOneTimeAreFound() throws IOException {
        start("a/one/1", "first");
        start("a/two/1", "second");
        census.programs();
        start("a/one/1", "third");
        assertThatThrownBy(census::programs).isInstanceOf(AssertionError.class).hasMessageContaining("two copies of a/one/1");
    }

    @Test
    void whatNoShimSupervisesIsAnOrphanUntilItEnds() throws IOException {
        start("a/one/1", "first");
        assertThat(census.orphans()).singleElement().satisfies(orphan -> assertThat(orphan.instance()).isEqualTo("a/one/1"));
        started.getFirst().destroyForcibly().onExit().join();
        assertThat(census.orphans()).isEmpty();
        assertThat(census.left()).isEmpty();
    }
}
