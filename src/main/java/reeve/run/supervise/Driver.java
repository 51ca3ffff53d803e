package reeve.run.supervise;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import reeve.base.Session;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.LogRotation;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.StopSignal;
import reeve.model.Workload;

/// Runs instances of one kind (processes, containers) and finds them again after Reeve was restarted.
///
/// Calls may block, and come from the instance's own lane: never two at a time for one instance. Ends of instances are
/// reported to the listener given at construction, exactly once for each run, also for adopted ones.
public interface Driver extends AutoCloseable {

    /// Everything needed to start an instance, with nothing left to fill in.
    /// @param environment exactly what the program gets; the driver adds only its own `REEVE_*` names, `NOTIFY_SOCKET` and `WATCHDOG_USEC`
    /// @param secrets     files that only the program may read: name → content
    /// @param spec        digest of the declaration it was made from, kept with the instance
    record Launch(
            Work work,
            Map<String, String> environment,
            Map<String, String> secrets,
            Confinement confinement,
            Resources resources,
            Notification notification,
            Output output,
            String spec) {
        public Launch {
            environment = Map.copyOf(environment);
            secrets = Map.copyOf(secrets);
        }

        /// A process without limits, secrets or anything else special.
        public static Launch process(List<String> command, Map<String, String> environment, Path workingDirectory, Path log, String spec) {
            return new Launch(new Work.Program(command, workingDirectory), environment, Map.of(), Confinement.NONE, Resources.UNLIMITED,
                    Notification.NONE, new Output(log, LogRotation.DEFAULT), spec);
        }

        /// Without values: some are secrets.
        @Override
        public String toString() {
            return "Launch[" + work.getClass().getSimpleName() + ", " + spec + "]";
        }
    }

    /// What is started.
    sealed interface Work {
        /// @param command program and arguments
        record Program(List<String> command, Path workingDirectory) implements Work {
            public Program {
                command = List.copyOf(command);
            }
        }

        /// @param declared   with its templates; `entrypoint` and `command` are them filled in
        /// @param hostPort   of this machine's loopback, that leads to `declared.port()`; 0 for none
        /// @param app        whose volumes and networks it may use
        /// @param stopSignal what the runtime is told to be the container's stop signal
        record Container(
                Workload.Container declared,
                Optional<List<String>> entrypoint,
                List<String> command,
                int hostPort,
                AppSpec app,
                Map<String, String> labels,
                StopSignal stopSignal) implements Work {
            public Container {
                entrypoint = entrypoint.map(List::copyOf);
                command = List.copyOf(command);
                labels = Map.copyOf(labels);
            }
        }
    }

    /// Where an instance's output goes.
    /// @param log the file that is appended to; older ones stand beside it as `LOG.1`, `LOG.2` …, the newest first
    record Output(Path log, LogRotation rotation) {}

    /// A run of an instance: what must match before anything is signalled.
    /// @param run unique for each start of the instance on this node
    /// @param pid of the program itself
    record Run(String run, long pid) {}

    /// An instance found at start.
    sealed interface Found {
        InstanceId id();

        /// It runs. It is watched from now on.
        /// @param suspended whether it is frozen or stopped by a signal
        record Alive(InstanceId id, Run run, String spec, boolean suspended) implements Found {}

        /// It ended while no Reeve was there.
        record Ended(InstanceId id, String spec, Exit exit) implements Found {}
    }

    /// How a start went.
    sealed interface Started {
        record Ok(Run run) implements Started {}

        /// Nothing runs.
        /// @param reason what stands after "cannot start it: "
        record Failed(String reason) implements Started {}

        /// Something that is not Reeve's has its place; it was not touched.
        record Conflict(String reason) implements Started {}

        /// Another run of this instance is alive; it is left alone.
        record AlreadyRunning(Run run) implements Started {}
    }

    /// Reads back every instance of this driver. Called once, before any other method. A start that was intended but left no
    /// trace of a running program is forgotten.
    List<Found> adopt();

    /// Starts an instance. Intent is durable before the program can run, so that a crash at any point leaves no second copy.
    /// @param progress told what a long start is doing, such as fetching an image; any number of times, on this thread
    Started start(InstanceId id, Launch launch, Consumer<String> progress);

    /// Sends a signal to the whole group of a run. Does nothing when it is gone.
    void signal(InstanceId id, Run run, StopSignal signal);

    /// Suspends the whole group of a run: it keeps its memory and gets no CPU. When it returns normally, nothing of it runs.
    /// @throws reeve.model.Failure when it cannot be suspended; it then runs on
    void freeze(InstanceId id, Run run);

    /// Lets a suspended run go on. Does nothing when it is not suspended.
    void thaw(InstanceId id, Run run);

    /// Runs a command beside a run: with its environment, working directory and user, within its limits; for a container, inside.
    /// Blocks until it has ended. What it leaves running goes with the instance.
    /// @param output how much of what it wrote is kept, in bytes
    /// @throws reeve.model.Failure `CONFLICT` when the run is gone, `UNAVAILABLE` when the command cannot be run
    Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output);

    /// How a command went that was run beside an instance.
    /// @param exit   empty where it was killed because it took too long
    /// @param output the last of what it wrote, both streams
    record Executed(Optional<Exit> exit, String output) {}

    /// Runs a command beside a run, as [#exec] does, that somebody talks to. Returns when it runs. Any thread, also while another
    /// call for the instance is under way.
    /// @throws reeve.model.Failure `CONFLICT` when the run is gone, `UNAVAILABLE` when the command cannot be run
    default Session open(InstanceId id, Run run, Interaction interaction) {
        throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command in " + id + ": not possible with what runs it");
    }

    /// Runs a command that is nobody's instance as one would be started: with its environment, working directory, user and limits.
    /// Nothing of it is recorded or adopted; it ends with the session, and with Reeve. Returns when it runs. Any thread.
    /// @param id whose service it is of; the instance may run or not
    /// @throws reeve.model.Failure `UNAVAILABLE` when it cannot be run
    default Session once(InstanceId id, Launch launch, Interaction interaction) {
        throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a copy of " + id.service() + ": not possible with what runs it");
    }

    /// What a run uses at this moment; empty where nothing can tell. Any thread, also while another call for the instance is under
    /// way.
    Optional<Usage> usage(InstanceId id, Run run);

    /// @param memory    bytes
    /// @param cpu       time used since it was started
    /// @param processes of it
    record Usage(long memory, Duration cpu, int processes) {}

    /// Forgets an instance that has ended: its record is removed, its log stays.
    void forget(InstanceId id);

    @Override
    void close();

    /// Told what happens to instances. Every method must return at once; any thread. Of what it does not override it hears nothing.
    interface Listener {
        /// A run is over.
        void ended(InstanceId id, Run run, Exit exit);

        /// A program said something by sd_notify(3).
        default void notified(InstanceId id, Run run, Notice notice) {}

        /// The runtime does not answer: what becomes of the instance is unknown until [#answers] is called for it.
        default void silent(InstanceId id, String reason) {}

        /// The runtime answers again.
        /// @param found empty where there is nothing of the instance
        default void answers(InstanceId id, Optional<Found> found) {}
    }

    /// What a program can tell.
    sealed interface Notice {
        record Ready() implements Notice {}

        record Watchdog() implements Notice {}

        /// @param text one line, as it stands
        record Status(String text) implements Notice {}
    }
}
