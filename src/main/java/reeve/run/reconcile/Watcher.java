package reeve.run.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import reeve.base.Backoff;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;

/// Probes the instances it was told to watch, each on its own: in quick succession until one probe passes (5 ms, doubling up
/// to the interval), then at the interval from the end of the last probe. Reports each result; decides nothing.
final class Watcher implements AutoCloseable {
    private static final Duration FIRST = Duration.ofMillis(5);

    private final Time time;
    private final Outside outside;
    private final BiConsumer<InstanceId, Event> report;
    private final Map<InstanceId, Watch> watches = new HashMap<>();
    private boolean closed;

    Watcher(Time time, Outside outside, BiConsumer<InstanceId, Event> report) {
        this.time = time;
        this.outside = outside;
        this.report = report;
    }

    /// Begins with a probe at once; a watch of an earlier run of the instance ends.
    synchronized void watch(InstanceId id, Driver.Run run, Outside.Probed probed) {
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
        private final Outside.Probed probed;
        private final Backoff quick;
        private boolean passed;
        private int attempts;
        private boolean over;
        private Runnable timer = () -> {};

        Watch(InstanceId id, Driver.Run run, Outside.Probed probed) {
            this.id = id;
            this.run = run;
            this.probed = probed;
            this.quick = new Backoff(FIRST, probed.check().interval());
        }

        void probeSoon() {
            Thread.ofVirtual().name("probe " + id).start(this::probe);
        }

        private void probe() {
            Optional<String> unhealthy = outside.unhealthy(probed);
            synchronized (Watcher.this) {
                if (over) {
                    return;
                }
                passed |= unhealthy.isEmpty();
                timer = time.after(passed ? probed.check().interval() : quick.delay(attempts++, 0), this::probeSoon);
            }
            report.accept(id, unhealthy.<Event>map(reason -> new Event.ProbeFailed(run, reason)).orElseGet(() -> new Event.ProbePassed(run)));
        }

        void cancel() {
            over = true;
            timer.run();
        }
    }
}
