package reeve.run.reconcile;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Backoff;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.model.Workload;
import reeve.run.probe.Probes;
import reeve.run.supervise.Check;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;

/// Probes the instances it was told to watch, each on its own: in quick succession until one probe passes (5 ms, doubling up
/// to the interval), then at the interval from the end of the last probe. Reports each result; decides nothing.
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final Duration FIRST = Duration.ofMillis(5);

    private final Time time;
    private final Function<Probed, Optional<String>> probing;
    private final BiConsumer<InstanceId, Event> report;
    private final Map<InstanceId, Map<Check, Watch>> watches = new HashMap<>();
    private boolean closed;

    Watcher(Time time, Function<Probed, Optional<String>> probing, BiConsumer<InstanceId, Event> report) {
        this.time = time;
        this.probing = probing;
        this.report = report;
    }

    /// What is asked of whom.
    record Probed(InstanceId id, Driver.Run run, Check check, Workload workload, Probes.Subject subject) {}

    /// Begins with a probe at once; the same watch of an earlier run of the instance ends.
    synchronized void watch(Probed probed) {
        if (!closed) {
            var watch = new Watch(probed);
            Watch before = watches.computeIfAbsent(probed.id(), _ -> new EnumMap<>(Check.class)).put(probed.check(), watch);
            if (before != null) {
                before.cancel();
            }
            watch.probeSoon();
        }
    }

    synchronized void unwatch(InstanceId id) {
        Map<Check, Watch> ended = watches.remove(id);
        if (ended != null) {
            ended.values().forEach(Watch::cancel);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(checks -> checks.values().forEach(Watch::cancel));
        watches.clear();
    }

    private final class Watch {
        private final Probed probed;
        private final Backoff quick;
        private boolean passed;
        private int attempts;
        private boolean over;
        private Runnable timer = () -> {};

        Watch(Probed probed) {
            this.probed = probed;
            this.quick = new Backoff(FIRST, interval());
        }

        private Duration interval() {
            return probed.subject().check().interval();
        }

        void probeSoon() {
            Thread.ofVirtual().name("probe " + probed.id()).start(this::probe);
        }

        private void probe() {
            Optional<String> unhealthy = unhealthy();
            synchronized (Watcher.this) {
                if (over) {
                    return;
                }
                passed |= unhealthy.isEmpty();
                timer = time.after(passed ? interval() : quick.delay(attempts++, 0), this::probeSoon);
            }
            report.accept(probed.id(), unhealthy.<Event>map(reason -> new Event.ProbeFailed(probed.run(), probed.check(), reason))
                    .orElseGet(() -> new Event.ProbePassed(probed.run(), probed.check())));
        }

        private Optional<String> unhealthy() {
            try {
                return probing.apply(probed);
            } catch (RuntimeException | Error e) { // a watch never ends by itself
                LOG.warn("unexpected failure of a probe: instance={}", probed.id(), e);
                return Optional.of("cannot probe it: " + e.getMessage());
            }
        }

        void cancel() {
            over = true;
            timer.run();
        }
    }
}
