package reeve.sleep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.testing.FakeTraffic;
import reeve.testing.VirtualTime;

/// The whole room on one thread, with virtual time and fake ports. What it wants of its neighbours piles up in [#wishes].
final class SleepBench implements DesiredState, SleepRecords {
    static final ServiceId WEB = ServiceId.of("wiki", "web");
    static final Duration AFTER = Duration.ofSeconds(10);
    static final Duration WAKE_TIMEOUT = Duration.ofSeconds(30);
    static final SleepSpec.WhenIdle SPEC = new SleepSpec.WhenIdle(AFTER, SleepKind.FREEZE, WAKE_TIMEOUT);
    private static final Duration TICK = Duration.ofMillis(5);

    final VirtualTime time = new VirtualTime();
    final FakeTraffic traffic = new FakeTraffic(time);
    final List<String> wishes = new ArrayList<>();
    final List<String> journal = new ArrayList<>();
    final SleepInbox inbox;
    final Sleeper sleeper;

    SleepBench() {
        this(SleepSettings.DEFAULTS);
    }

    SleepBench(SleepSettings settings) {
        inbox = new SleepInbox(settings);
        sleeper = new Sleeper(inbox, traffic, this, this, time, settings);
    }

    /// A bench whose one service is declared and awake.
    static SleepBench awake() {
        var bench = new SleepBench();
        bench.declare();
        bench.see(new Observed.Awake());
        return bench;
    }

    /// A bench whose one service fell asleep by itself.
    static SleepBench asleep() {
        var bench = awake();
        bench.advance(AFTER.plusSeconds(1));
        bench.see(new Observed.Asleep(SleepKind.FREEZE));
        bench.wishes.clear();
        return bench;
    }

    void declare() {
        inbox.declared(WEB, SPEC);
        settle();
    }

    void see(Observed what) {
        inbox.observed(WEB, what);
        settle();
    }

    Caller request() {
        Caller caller = requestUnhandled();
        settle();
        return caller;
    }

    Caller requestUnhandled() {
        var caller = new Caller();
        inbox.await(WEB, caller);
        return caller;
    }

    Asked askSleep() {
        return answerOf(inbox.askSleep(WEB));
    }

    Asked askWake() {
        return answerOf(inbox.askWake(WEB, "a user asked for it"));
    }

    private Asked answerOf(CompletableFuture<Asked> asked) {
        settle();
        return asked.getNow(new Asked.Refused("no answer"));
    }

    void settle() {
        while (inbox.mailbox().handleNext(sleeper::handle)) {
            // until none is left
        }
    }

    void advance(Duration by) {
        for (Duration left = by; left.isPositive(); left = left.minus(TICK)) {
            time.advance(left.compareTo(TICK) < 0 ? left : TICK);
            settle();
        }
    }

    String state() {
        return inbox.status(WEB).map(SleepStatus::state).orElse("unknown");
    }

    @Override
    public void wantRunning(ServiceId service, String why) {
        wishes.add("running");
    }

    @Override
    public void wantAsleep(ServiceId service, SleepKind how, String why) {
        wishes.add("asleep");
    }

    @Override
    public void record(ServiceId service, String what, String why, Map<String, String> facts) {
        journal.add(what);
    }

    /// A request at the gate, with every answer it got.
    static final class Caller implements WakeGate.Waiter {
        final List<WakeGate.Outcome> answers = new ArrayList<>();
        boolean left;

        @Override
        public void done(WakeGate.Outcome outcome) {
            answers.add(outcome);
        }

        @Override
        public boolean gone() {
            return left;
        }
    }
}
