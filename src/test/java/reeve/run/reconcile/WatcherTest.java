package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.Workload;
import reeve.run.probe.Probes;
import reeve.run.supervise.Check;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class WatcherTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final Driver.Run RUN = new Driver.Run("r1", 1);
    private static final Probes.Subject SUBJECT = new Probes.Subject(Healthcheck.of(new Healthcheck.Tcp()), Optional.empty(), List.of(),
            Map.of(), Path.of("/"));
    private static final Watcher.Probed WATCHED = new Watcher.Probed(WEB, RUN, Check.HEALTH, Workload.Container.of("x"), SUBJECT);

    private final VirtualTime time = new VirtualTime();
    private final List<Event> told = new CopyOnWriteArrayList<>();

    private Watcher watcher(Function<Watcher.Probed, Optional<String>> probing) {
        return new Watcher(time, probing, (_, event) -> told.add(event));
    }

    private void awaitProbes(int count) {
        await().until(() -> told.size() == count);
    }

    @Test
    void aProbeThatThrowsCountsAsFailedAndIsRepeated() {
        try (var watcher = watcher(_ -> {
            throw new IllegalStateException("no such thing");
        })) {
            watcher.watch(WATCHED);
            awaitProbes(1);
            time.advance(Duration.ofMillis(5));
            awaitProbes(2);
            assertThat(told).containsOnly(new Event.ProbeFailed(RUN, "cannot probe it: no such thing"));
        }
    }

    @Test
    void whatIsNotWatchedAnyMoreIsNotProbed() {
        try (var watcher = watcher(_ -> Optional.empty())) {
            watcher.watch(WATCHED);
            awaitProbes(1);
            time.advance(Healthcheck.DEFAULT_INTERVAL);
            awaitProbes(2);
            watcher.unwatch(WEB);
            assertThat(time.advanceToNext()).as("a timer is left").isFalse();
        }
    }
}
