package reeve.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reeve.declare.settings.Listener;
import reeve.base.Session;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;

/// A driver whose processes are entries in a [World], which outlives it: a new driver over the same world is Reeve after a crash.
///
/// Programs do what their command says: `runs`, `ignores-term`, `exits N`; any other command runs until a signal ends it. A test
/// ends, suspends or refuses them through the world. Ends are reported on the thread that caused them. Any thread.
public final class FakeDriver implements Driver {
    private final World world;
    private final Listener listener;
    private volatile boolean closed;

    public FakeDriver(World world, Listener listener) {
        this.world = world;
        this.listener = listener;
        world.reeve = this;
    }

    /// The machine: what runs on it, and what a test wants to go wrong there.
    public static final class World {
        private final Map<InstanceId, Process> processes = new TreeMap<>();
        private final Map<InstanceId, String> refusals = new HashMap<>();
        private final Map<InstanceId, CountDownLatch> slow = new HashMap<>();
        private final Map<InstanceId, Runnable> faults = new HashMap<>();
        private final List<Sent> sent = new ArrayList<>();
        private final List<String> commands = new ArrayList<>();
        private final Map<InstanceId, Integer> starts = new HashMap<>();
        private volatile @Nullable FakeDriver reeve;
        private long lastPid = 1000;

        /// A signal that reached a run.
        public record Sent(InstanceId id, Run run, StopSignal signal) {}

        private static final class Process {
            final Launch launch;
            final Run run;
            boolean suspended;
            boolean termPending;
            @Nullable Exit exit;

            Process(Launch launch, Run run) {
                this.launch = launch;
                this.run = run;
            }

            boolean alive() {
                return exit == null;
            }

            boolean ignoresTerm() {
                return command(launch).getFirst().equals("ignores-term");
            }
        }

        /// From now on starts of this instance fail.
        public synchronized void refuseStarts(InstanceId id, String reason) {
            refusals.put(id, reason);
        }

        /// From now on a start of this instance runs this first, which may throw whatever a driver should not.
        public synchronized void failStarts(InstanceId id, Runnable fault) {
            faults.put(id, fault);
        }

        public synchronized void allowStarts(InstanceId id) {
            refusals.remove(id);
        }

        /// From now on starts of this instance wait until the latch is open; the program runs only then.
        public synchronized void slowStarts(InstanceId id, CountDownLatch until) {
            slow.put(id, until);
        }

        /// The program of an instance ends by itself, or by a stranger's signal.
        /// @return false where none runs
        public boolean end(InstanceId id, Exit exit) {
            FakeDriver told;
            Process ended;
            synchronized (this) {
                ended = processes.get(id);
                if (ended == null || !ended.alive()) {
                    return false;
                }
                ended.exit = exit;
                ended.suspended = false;
                told = reeve;
            }
            if (told != null && !told.closed) {
                told.listener.ended(id, ended.run, exit);
            }
            return true;
        }

        /// Power is lost: nothing runs any more, and nobody knows how it ended.
        public synchronized void loseAllProcesses() {
            processes.values().stream().filter(Process::alive).forEach(process -> process.exit = new Exit.Unknown());
        }

        public synchronized boolean alive(Run run) {
            return processes.values().stream().anyMatch(process -> process.alive() && process.run.equals(run));
        }

        public synchronized boolean running(InstanceId id) {
            Process process = processes.get(id);
            return process != null && process.alive();
        }

        public synchronized boolean suspended(InstanceId id) {
            Process process = processes.get(id);
            return process != null && process.alive() && process.suspended;
        }

        /// How often a program of this instance was started.
        public synchronized int starts(InstanceId id) {
            return starts.getOrDefault(id, 0);
        }

        /// Commands that were run for instances, in order; see [FakeSession] for what they do.
        public synchronized List<String> commands() {
            return List.copyOf(commands);
        }

        /// Signals that reached programs, in order.
        public synchronized List<Sent> sent() {
            return List.copyOf(sent);
        }

        private synchronized @Nullable Process alive(InstanceId id, Run run) {
            Process process = processes.get(id);
            return process != null && process.alive() && process.run.equals(run) ? process : null;
        }
    }

    @Override
    public List<Found> adopt() {
        synchronized (world) {
            return world.processes.entrySet().stream().map(entry -> found(entry.getKey(), entry.getValue())).toList();
        }
    }

    private static Found found(InstanceId id, World.Process process) {
        return process.alive()
                ? new Found.Alive(id, process.run, process.launch.spec(), process.suspended)
                : new Found.Ended(id, process.launch.spec(), Objects.requireNonNull(process.exit));
    }

    @Override
    public Started start(InstanceId id, Launch launch, Consumer<String> progress) {
        if (!awaitSlowStart(id)) {
            return new Started.Failed("interrupted");
        }
        Run run;
        synchronized (world) {
            world.faults.getOrDefault(id, () -> {}).run();
            World.Process known = world.processes.get(id);
            if (known != null && known.alive()) {
                return new Started.AlreadyRunning(known.run);
            }
            String refusal = world.refusals.get(id);
            if (refusal != null) {
                world.processes.remove(id);
                return new Started.Failed(refusal);
            }
            world.lastPid++;
            run = new Run("run-" + world.lastPid, world.lastPid);
            world.processes.put(id, new World.Process(launch, run));
            world.starts.merge(id, 1, Integer::sum);
        }
        if (command(launch).getFirst().equals("exits")) {
            world.end(id, new Exit.Code(Integer.parseInt(command(launch).get(1))));
        }
        return new Started.Ok(run);
    }

    private static List<String> command(Launch launch) {
        return switch (launch.work()) {
            case Work.Program program -> program.command();
            case Work.Container container -> container.command();
        };
    }

    private boolean awaitSlowStart(InstanceId id) {
        CountDownLatch until;
        synchronized (world) {
            until = world.slow.get(id);
        }
        try {
            if (until != null) {
                until.await();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void signal(InstanceId id, Run run, StopSignal signal) {
        synchronized (world) {
            World.Process process = world.alive(id, run);
            if (process == null) {
                return;
            }
            world.sent.add(new World.Sent(id, run, signal));
            if (signal != StopSignal.SIGKILL) {
                if (process.ignoresTerm()) {
                    return;
                }
                if (process.suspended) {
                    process.termPending = true;
                    return;
                }
            }
        }
        world.end(id, new Exit.Signalled(signal.number()));
    }

    @Override
    public void freeze(InstanceId id, Run run) {
        synchronized (world) {
            World.Process process = world.alive(id, run);
            if (process == null) {
                throw new Failure(Failure.Kind.CONFLICT, "cannot freeze " + id + ": it is not running");
            }
            process.suspended = true;
        }
    }

    @Override
    public void thaw(InstanceId id, Run run) {
        boolean ends;
        synchronized (world) {
            World.Process process = world.alive(id, run);
            if (process == null) {
                return;
            }
            process.suspended = false;
            ends = process.termPending;
        }
        if (ends) {
            world.end(id, new Exit.Signalled(StopSignal.SIGTERM.number()));
        }
    }

    @Override
    public Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output) {
        var session = new FakeSession(new Interaction(command, Map.of(), Optional.empty()));
        synchronized (world) {
            world.commands.add("beside " + id + ": " + String.join(" ", command) + (world.alive(id, run) == null ? ", which is gone" : ""));
        }
        return new Executed(session.code().map(Exit.Code::new), session.code().filter(code -> code != 0).map(_ -> "it failed").orElse(""));
    }

    @Override
    public Session open(InstanceId id, Run run, Interaction interaction) {
        synchronized (world) {
            world.commands.add("with " + id + ": " + String.join(" ", interaction.command()));
        }
        return new FakeSession(interaction);
    }

    @Override
    public Session once(InstanceId id, Launch launch, Interaction interaction) {
        synchronized (world) {
            world.commands.add("for " + id + (world.running(id) ? ", running" : "") + ": " + String.join(" ", interaction.command()) + " "
                    + new TreeMap<>(launch.environment()));
        }
        return new FakeSession(interaction);
    }

    @Override
    public Optional<Usage> usage(InstanceId id, Run run) {
        return Optional.of(new Usage(1024 * 1024, Duration.ofMillis(10), 1));
    }

    @Override
    public void forget(InstanceId id) {
        synchronized (world) {
            if (world.running(id)) {
                throw new Failure(Failure.Kind.CONFLICT, "cannot forget " + id + ": it is running");
            }
            world.processes.remove(id);
        }
    }

    /// Ends as Reeve's death does: nothing is reported any more, the world goes on.
    @Override
    public void close() {
        closed = true;
    }
}
