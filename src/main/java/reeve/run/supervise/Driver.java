package reeve.run.supervise;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.StopSignal;

/// Runs instances of one kind (processes, containers) and finds them again after Reeve was restarted.
///
/// Calls may block, and come from the instance's own lane: never two at a time for one instance. Ends of instances are
/// reported to the listener given at construction, on any thread, exactly once for each run, also for adopted ones.
public interface Driver extends AutoCloseable {

    /// Everything needed to start an instance, with nothing left to fill in.
    /// @param command     program and arguments
    /// @param environment exactly what the program gets; the driver adds only its own `REEVE_*` names
    /// @param log         file that its output is appended to
    /// @param spec        digest of the declaration it was made from, kept with the instance
    record Launch(List<String> command, Map<String, String> environment, Path workingDirectory, Path log, String spec) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

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
        record Failed(String reason) implements Started {}

        /// Another run of this instance is alive; it is left alone.
        record AlreadyRunning(Run run) implements Started {}
    }

    /// Reads back every instance of this driver. Called once, before any other method. A start that was intended but left no
    /// trace of a running program is forgotten.
    List<Found> adopt();

    /// Starts an instance. Intent is durable before the program can run, so that a crash at any point leaves no second copy.
    Started start(InstanceId id, Launch launch);

    /// Sends a signal to the whole group of a run. Does nothing when it is gone.
    void signal(InstanceId id, Run run, StopSignal signal);

    /// Suspends the whole group of a run: it keeps its memory and gets no CPU. When it returns normally, nothing of it runs.
    /// @throws reeve.model.Failure when it cannot be suspended; it then runs on
    void freeze(InstanceId id, Run run);

    /// Lets a suspended run go on. Does nothing when it is not suspended.
    void thaw(InstanceId id, Run run);

    /// Forgets an instance that has ended: its record is removed, its log stays.
    void forget(InstanceId id);

    @Override
    void close();

    /// Told when a run ends; must return at once.
    @FunctionalInterface
    interface EndListener {
        void ended(InstanceId id, Run run, Exit exit);
    }
}
