package reeve.run.boot;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Mailbox;
import reeve.base.Time;
import reeve.model.PassReport;
import reeve.run.boot.BootState.Effect;
import reeve.run.boot.BootState.Event;

/// The loop of this room: waits for recovery, then passes, again and again. What ran before is adopted by then, so that it is
/// served while this waits.
public final class Boot implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);
    private static final int CAPACITY = 64;

    private final Supplier<Optional<String>> recovery;
    private final Passes passes;
    private final Time time;
    private final Mailbox<Event> mailbox = new Mailbox<>("boot", CAPACITY);
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile BootState state;
    private volatile String pending = "";
    private volatile PassReport last = PassReport.NOTHING;

    /// @param recovery what is still to be waited for before the first pass, for people; empty for nothing. It may block: it is
    ///                 asked on a thread of its own, and nobody waits for its answer when Reeve ends
    /// @param stages   of every pass, in order
    public Boot(Supplier<Optional<String>> recovery, List<Stage> stages, Time time) {
        this.recovery = recovery;
        this.passes = new Passes(stages);
        this.time = time;
        this.state = new BootState.Waiting(time.elapsed());
    }

    /// Begins: to be called once, after what ran was adopted.
    /// @throws IllegalStateException the second time
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("cannot start to pass: it has started already");
        }
        state = new BootState.Waiting(time.elapsed());
        mailbox.post(new Event.Began());
        mailbox.start(this::handle);
    }

    /// Makes the next pass soon: at once, or when the one that runs has ended. Returns at once; any thread.
    public void ask() {
        mailbox.offer(new Event.PassAsked()); // where many ask, one pass answers all
    }

    /// Why nothing is started yet; empty once passes are made.
    public Optional<String> waitsFor() {
        return Optional.of(pending).filter(what -> !what.isEmpty()).map(what -> "nothing is started yet: " + what);
    }

    /// What the last pass that ended found and did.
    public PassReport last() {
        return last;
    }

    private void handle(Event event) {
        BootState.Step step = BootPolicy.decide(state, event, time.now());
        state = step.next();
        step.effects().forEach(this::carryOut);
        if (state instanceof BootState.Ended) {
            ended.countDown();
        }
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Look() -> Thread.ofVirtual().name("boot look").start(() -> mailbox.post(new Event.Looked(look())));
            case Effect.Pass() -> {
                pending = "";
                Thread.ofVirtual().name("pass").start(this::pass);
            }
            case Effect.SetTimer(Duration delay) -> time.after(delay, () -> mailbox.offer(new Event.TimerFired()));
            case Effect.TellWaiting(String what) -> {
                if (pending.isEmpty()) {
                    LOG.info("waits before anything is started: pending={}", what);
                }
                pending = what;
            }
            case Effect.TellGaveUp(String what) ->
                    LOG.warn("waited {} min, starts anyway: pending={}", BootPolicy.PATIENCE.toMinutes(), what);
            case Effect.TellLeftEarly() -> LOG.info("ends before anything was started: pending={}", pending);
        }
    }

    private String look() {
        try {
            return recovery.get().orElse("");
        } catch (RuntimeException | Error e) { // whatever it is: it is not over
            LOG.error("cannot look whether recovery is over", e);
            return String.valueOf(e);
        }
    }

    private void pass() {
        last = passes.pass();
        mailbox.post(new Event.PassEnded());
    }

    /// Waits for the pass that runs; no other follows.
    @Override
    public void close() {
        if (started.get()) {
            mailbox.post(new Event.ShutdownAsked());
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        mailbox.close();
    }
}
