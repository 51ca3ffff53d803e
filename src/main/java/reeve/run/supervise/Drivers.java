package reeve.run.supervise;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import reeve.base.Session;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.StopSignal;

/// The driver of processes and the driver of containers as one. Each start goes to the one that runs such work; whatever else
/// is asked of an instance goes to the one that has it.
///
/// An instance may change from one to the other between two runs: the driver that had it then forgets it. Any thread, as for
/// every driver.
public final class Drivers implements Driver {
    private final Driver processes;
    private final Driver containers;
    private final Map<InstanceId, Driver> holders = new ConcurrentHashMap<>();

    /// @param processes  runs [Work.Program]s, and tells `listener` itself
    /// @param containers makes what runs [Work.Container]s, for a listener of its own
    public Drivers(Driver processes, Function<Listener, Driver> containers, Listener listener) {
        this.processes = processes;
        this.containers = containers.apply(new Noting(listener));
    }

    /// Notes instances that are found late: of containers, when their runtime answers at last.
    private final class Noting implements Listener {
        private final Listener listener;

        Noting(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void ended(InstanceId id, Run run, Exit exit) {
            listener.ended(id, run, exit);
        }

        @Override
        public void notified(InstanceId id, Run run, Notice notice) {
            listener.notified(id, run, notice);
        }

        @Override
        public void silent(InstanceId id, String reason) {
            listener.silent(id, reason);
        }

        @Override
        public void answers(InstanceId id, Optional<Found> found) {
            if (found.isPresent()) {
                holders.put(id, containers);
            }
            listener.answers(id, found);
        }
    }

    /// Processes first: what becomes of them depends on nobody's answer. Where both have an instance, one that is alive counts.
    @Override
    public List<Found> adopt() {
        var found = new LinkedHashMap<InstanceId, Found>();
        for (Driver driver : List.of(processes, containers)) {
            for (Found one : driver.adopt()) {
                if (!(found.get(one.id()) instanceof Found.Alive)) {
                    found.put(one.id(), one);
                    holders.put(one.id(), driver);
                }
            }
        }
        return List.copyOf(found.values());
    }

    @Override
    public Started start(InstanceId id, Launch launch, Consumer<String> progress) {
        Driver driver = switch (launch.work()) {
            case Work.Program _ -> processes;
            case Work.Container _ -> containers;
        };
        Driver last = holders.put(id, driver);
        if (last != null && last != driver) {
            last.forget(id);
        }
        return driver.start(id, launch, progress);
    }

    @Override
    public void signal(InstanceId id, Run run, StopSignal signal) {
        holder(id).ifPresent(driver -> driver.signal(id, run, signal));
    }

    @Override
    public void freeze(InstanceId id, Run run) {
        holder(id).orElseThrow(() -> notRunning("freeze", id)).freeze(id, run);
    }

    @Override
    public void thaw(InstanceId id, Run run) {
        holder(id).ifPresent(driver -> driver.thaw(id, run));
    }

    @Override
    public Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output) {
        return holder(id).orElseThrow(() -> notRunning("run a command beside", id)).exec(id, run, command, timeout, output);
    }

    @Override
    public Session open(InstanceId id, Run run, Interaction interaction) {
        return holder(id).orElseThrow(() -> notRunning("run a command beside", id)).open(id, run, interaction);
    }

    @Override
    public Session once(InstanceId id, Launch launch, Interaction interaction) {
        return switch (launch.work()) {
            case Work.Program _ -> processes.once(id, launch, interaction);
            case Work.Container _ -> containers.once(id, launch, interaction);
        };
    }

    @Override
    public Optional<Usage> usage(InstanceId id, Run run) {
        return holder(id).flatMap(driver -> driver.usage(id, run));
    }

    /// One that nobody is known to have may still have a record: of a container whose Podman has not answered yet.
    @Override
    public void forget(InstanceId id) {
        Optional<Driver> known = holder(id);
        for (Driver driver : known.map(List::of).orElse(List.of(processes, containers))) {
            driver.forget(id);
        }
        holders.remove(id);
    }

    private Optional<Driver> holder(InstanceId id) {
        return Optional.ofNullable(holders.get(id));
    }

    private static Failure notRunning(String doing, InstanceId id) {
        return new Failure(Failure.Kind.CONFLICT, "cannot " + doing + " " + id + ": it is not running");
    }

    /// In reverse.
    @Override
    public void close() {
        containers.close();
        processes.close();
    }
}
