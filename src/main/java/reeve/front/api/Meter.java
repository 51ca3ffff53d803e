package reeve.front.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Time;
import reeve.model.wire.UsageRow;
import reeve.run.reconcile.Apps;

/// What instances used of late, for a page that cannot wait for it. Nothing is measured while nobody looks, and never more than one
/// measurement runs, each on a thread of its own: a runtime that does not answer keeps no page from being shown. Any thread.
final class Meter {
    private static final Logger LOG = LoggerFactory.getLogger(Meter.class);

    /// Whoever looks sooner sees what the one before saw.
    private static final Duration FRESH = Duration.ofSeconds(1);
    /// What was measured longer ago says nothing about now.
    private static final Duration STALE = Duration.ofMinutes(1);
    /// Between two measurements where there is none to compare with.
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofMillis(750);

    private final Apps apps;
    private final Time time;
    private @Nullable Measured last;
    private List<UsageRow> rows = List.of();
    private @Nullable CountDownLatch measuring;

    Meter(Apps apps, Time time) {
        this.apps = apps;
        this.time = time;
    }

    /// By app, service and number. Only the first look in a while waits for a measurement, and not for long.
    List<UsageRow> look() {
        CountDownLatch awaited;
        synchronized (this) {
            boolean stale = last == null || reached(last, STALE);
            if (measuring == null && (last == null || reached(last, FRESH))) {
                measuring = new CountDownLatch(1);
                Measured before = stale ? null : last;
                CountDownLatch over = measuring;
                Thread.ofVirtual().name("meter").start(() -> measure(before, over));
            }
            if (!stale || measuring == null) {
                return rows;
            }
            rows = List.of();
            awaited = measuring;
        }
        try {
            awaited.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // then with what is known
        }
        synchronized (this) {
            return rows;
        }
    }

    private boolean reached(Measured measured, Duration age) {
        return time.elapsed().reached(measured.since().plus(age));
    }

    private void measure(@Nullable Measured known, CountDownLatch over) {
        try {
            Measured before = known == null ? Measured.of(apps, time, _ -> true) : known;
            if (known == null) {
                pause();
            }
            Measured now = Measured.of(apps, time, _ -> true);
            List<UsageRow> measured = now.since(before, apps.snapshot(), _ -> true);
            done(now, measured, over);
        } catch (RuntimeException e) { // the page goes without
            LOG.warn("cannot measure what instances use", e);
            done(new Measured(Map.of(), time.elapsed()), List.of(), over);
        }
    }

    private void done(Measured now, List<UsageRow> measured, CountDownLatch over) {
        synchronized (this) {
            last = now;
            rows = measured;
            measuring = null;
        }
        over.countDown();
    }

    private void pause() {
        var over = new CountDownLatch(1);
        time.after(BETWEEN, over::countDown);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // then it is measured over a shorter time
        }
    }
}
