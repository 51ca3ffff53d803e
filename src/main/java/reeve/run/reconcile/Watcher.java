package reeve.run.reconcile;

import java.time.Duration;
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
import reeve.run.probe.Probes;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;

/// Probes the instances it was told to watch, each on its own: in quick succession until one probe passes (5 ms, doubling up
/// to the interval), then at the interval from the end of the last probe. Reports each result; decides nothing.
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final Duration FIRST = Duration.ofMillis(5);

    private final Time time;
    private final Function<Probes.Subject, Optional<String>> probing;
    private final BiConsumer<InstanceId, Event> report;
    private final Map<InstanceId, Watch> watches = new HashMap<>();
    private boolean closed;

    Watcher(Time time, Function<Probes.Subject, Optional<String>> probing, BiConsumer<InstanceId, Event> report) {
        this.time = time;
        this.probing = probing;
        this.report = report;
    }

    /// Begins with a probe at once; a watch of an earlier run of the instance ends.
    synchronized void watch(InstanceId id, Driver.Run run, Probes.Subject probed) {
        unwatch(id);
        if (!closed) {
            var watch = new Watch(id, run, probed);
            watches.put(id, watch);
            watch.probeSoon();
        }
    }

    synchronized void unwatch(InstanceId id) {
        Watch watch = watches.remove(id);
        if (watch != null) {
            watch.cancel();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watches.values().forEach(Watch::cancel);
        watches.clear();
    }

    private final class Watch {
        private final InstanceId id;
        private final Driver.Run run;
        private final Probes.Subject probed;
        private final Backoff quick;
        private boolean passed;
        private int attempts;
        private boolean over;
        private Runnable timer = () -> {};

        Watch(InstanceId id, Driver.Run run, Probes.Subject probed) {
            this.id = id;
            this.run = run;
            this.probed = probed;
            this.quick = new Backoff(FIRST, probed.check().interval());
        }

        void probeSoon() {
            Thread.ofVirtual().name("probe " + id).start(this::probe);
        }

        private void probe() {
            Optional<String> unhealthy = unhealthy();
            synchronized (Watcher.this) {
                if (over) {
                    return;
                }
                passed |= unhealthy.isEmpty();
                timer = time.after(passed ? probed.check().interval() : quick.delay(attempts++, 0), this::probeSoon);
            }
            report.accept(id, unhealthy.<Event>map(reason -> new Event.ProbeFailed(run, reason))
                    .orElseGet(() -> new Event.ProbePassed(run)));
        }

        private Optional<String> unhealthy() {
            try {
                return probing.apply(probed);
            } catch (RuntimeException | Error e) { // a watch never ends by itself
                LOG.warn("unexpected failure of a probe: instance={}", id, e);
                return Optional.of("cannot probe it: " + e.getMessage());
            }
        }

        void cancel() {
            over = true;
            timer.run();
        }
    }
}
