package reeve.sleep;

import java.time.Duration;
import java.util.Optional;
import reeve.base.Elapsed;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.testing.FakeTraffic;
import reeve.testing.SimulatedProcess;
import reeve.testing.Simulation;

/// What reconcile promises this room, as a model: wishes arrive late, acts take time and fail, each wish gets one definite
/// answer, what is seen is told in order and told again now and then.
final class SupervisorModel implements DesiredState {
    private static final Duration QUICK = Duration.ofMillis(30);

    /// What the route table says of the service.
    enum Table { SERVING, ASLEEP, DOWN }

    private enum Doing { NOTHING, SUSPENDING, WAKING, STARTING }

    private final SleepWorld world;
    private final Simulation simulation;
    private final SimulatedProcess process;
    private final SleepInbox inbox;
    private final FakeTraffic traffic;
    private final SimulatedProcess.Lane wishes;
    private Doing doing = Doing.NOTHING;
    /// Counts what was begun: the end of something that was overtaken by something else means nothing.
    private int turn;
    private int wakesAsked;
    private Table table = Table.DOWN;
    private Observed last = new Observed.Busy();
    private Optional<Elapsed> noWakeBefore = Optional.empty();

    SupervisorModel(SleepWorld world, SimulatedProcess process, SleepInbox inbox, FakeTraffic traffic) {
        this.world = world;
        this.simulation = world.simulation;
        this.process = process;
        this.inbox = inbox;
        this.traffic = traffic;
        this.wishes = process.lane("wish", Duration.ZERO, QUICK);
    }

    Table table() {
        return table;
    }

    /// A new Reeve reads what is there; an act that was under way is finished or undone.
    void adopt() {
        Observed found = world.stoppedByUser ? new Observed.Down("stopped by a user")
                : world.suspended ? new Observed.Asleep(SleepKind.FREEZE)
                : simulation.chance(0.2) ? new Observed.Busy() : new Observed.Awake();
        table = world.suspended ? Table.ASLEEP : Table.DOWN; // nothing is served before it is known what there is
        process.after(simulation.between(Duration.ZERO, QUICK), "adopted", () -> {
            if (doing == Doing.NOTHING && !world.stoppedByUser) {
                publish(found);
                if (found instanceof Observed.Busy) {
                    begin(Doing.STARTING, Duration.ofSeconds(2), this::startedUp);
                }
            } else if (world.stoppedByUser) {
                publish(new Observed.Down("stopped by a user"));
            }
            lookAgain();
        });
    }

    /// The periodic full pass: tells what it sees, changed or not, but no failure a second time.
    private void lookAgain() {
        process.after(simulation.between(QUICK, Duration.ofSeconds(3)), "full pass", () -> {
            tellAgain();
            lookAgain();
        });
    }

    private void tellAgain() {
        boolean lasts = !(last instanceof Observed.SleepFailed || last instanceof Observed.WakeFailed);
        inbox.observed(SleepWorld.WEB, lasts ? last : new Observed.Busy());
    }

    private void publish(Observed what) {
        table = switch (what) {
            case Observed.Awake() -> Table.SERVING;
            case Observed.Asleep _ -> Table.ASLEEP;
            case Observed.Down _ -> Table.DOWN;
            case Observed.Busy(), Observed.SleepFailed _, Observed.WakeFailed _ -> table;
        };
        if (table == Table.ASLEEP) {
            mislead();
        }
        simulation.note("supervisor", "sees " + what);
        last = what;
        if (what instanceof Observed.Awake || what instanceof Observed.WakeFailed || what instanceof Observed.Down) {
            wakesAsked = 0;
        }
        noWakeBefore = what instanceof Observed.WakeFailed(_, Duration retryAfter)
                ? Optional.of(simulation.time().elapsed().plus(retryAfter)) : Optional.empty();
        inbox.observed(SleepWorld.WEB, what);
    }

    /// Some time after it was told, the gate must hold by itself, whatever the route table says.
    private void mislead() {
        process.after(Duration.ofMillis(500), "the route table is wrong", () -> {
            if (table == Table.ASLEEP && last instanceof Observed.Asleep) {
                table = Table.SERVING;
            }
        });
    }

    private void begin(Doing what, Duration longest, Runnable end) {
        doing = what;
        int now = ++turn;
        publish(new Observed.Busy());
        process.after(simulation.between(Duration.ofMillis(1), longest), "ends " + what, () -> {
            if (now == turn) {
                doing = Doing.NOTHING;
                end.run();
            }
        });
    }

    @Override
    public void wantRunning(ServiceId service, String why) {
        if (++wakesAsked > 1) {
            simulation.fail("one wake for any number of requests: it is asked for again before the first was answered");
        }
        noWakeBefore.filter(until -> why.equals("a request came") && !simulation.time().elapsed().reached(until)).ifPresent(_ ->
                simulation.fail("no retry storm: a request starts a wake before the delay is over"));
        process.crashPoint("before it wakes the service", 0.01);
        wishes.send("run, because " + why, () -> {
            if (world.stoppedByUser) {
                publish(new Observed.Down("stopped by a user"));
            } else if (world.suspended || doing == Doing.SUSPENDING) {
                boolean fails = simulation.fault(0.3);
                begin(Doing.WAKING, fails ? Duration.ofSeconds(2) : Duration.ofSeconds(1), fails ? this::wakeFails : this::startedUp);
            } else if (doing == Doing.NOTHING) {
                publish(new Observed.Awake()); // it was so already
            }
        });
    }

    @Override
    public void wantAsleep(ServiceId service, SleepKind how, String why) {
        requireQuiet("asked to sleep");
        if (simulation.chance(0.2)) {
            tellAgain(); // what was true before the wish arrives
        }
        process.crashPoint("before it suspends the service", 0.01);
        wishes.send("sleep, because " + why, () -> {
            if (world.stoppedByUser) {
                publish(new Observed.Down("stopped by a user"));
            } else if (doing != Doing.NOTHING) {
                publish(new Observed.SleepFailed("it is busy"));
            } else {
                begin(Doing.SUSPENDING, Duration.ofMillis(200), this::suspend);
            }
        });
    }

    private void requireQuiet(String what) {
        if (traffic.activity(SleepWorld.WEB).open() > 0) {
            simulation.fail("never put to sleep while a request is open: " + what);
        }
    }

    private void suspend() {
        requireQuiet("suspended");
        if (simulation.fault(0.1)) {
            publish(new Observed.SleepFailed("the freezer is busy"));
            publish(new Observed.Awake());
            return;
        }
        world.suspended = true;
        process.crashPoint("after it suspended the service, before anybody knew", 0.02);
        publish(new Observed.Asleep(SleepKind.FREEZE));
    }

    private void startedUp() {
        world.suspended = false;
        process.crashPoint("after it woke the service, before anybody knew", 0.02);
        publish(new Observed.Awake());
    }

    private void wakeFails() {
        publish(new Observed.WakeFailed("exit code 1", simulation.between(Duration.ofMillis(100), Duration.ofSeconds(3))));
    }

    void userStops() {
        simulation.note("user", "stops it");
        turn++;
        doing = Doing.NOTHING;
        world.stoppedByUser = true;
        world.suspended = false;
        publish(new Observed.Down("stopped by a user"));
    }

    void userStarts() {
        simulation.note("user", "starts it");
        boolean failsToSleep = doing == Doing.SUSPENDING;
        boolean needed = world.stoppedByUser || world.suspended || failsToSleep;
        world.stoppedByUser = false;
        if (needed && doing != Doing.WAKING) {
            if (failsToSleep) {
                publish(new Observed.SleepFailed("a user started it"));
            }
            begin(Doing.STARTING, Duration.ofSeconds(2), this::startedUp);
        }
    }

    void instanceCrashes() {
        if (doing == Doing.NOTHING && !world.suspended && !world.stoppedByUser) {
            begin(Doing.STARTING, Duration.ofSeconds(2), this::startedUp);
        }
    }
}
