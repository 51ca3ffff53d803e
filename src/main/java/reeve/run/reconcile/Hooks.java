package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import reeve.base.Durations;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Failure;
import reeve.model.Hook;
import reeve.model.Hook.Moment;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.ServiceId;
import reeve.run.supervise.Driver;

/// Runs the commands that go with an instance's life, in the instance's lane: nothing else is done to it meanwhile, and no
/// other instance waits.
///
/// One before or after the program runs with all that the program would have, by [Driver#once]; one while it runs, beside it, by
/// [Driver#exec]. A hook that shall run once is remembered when it has succeeded; two instances that start together do not run it
/// twice. A Reeve that dies in the midst of a hook runs it again only with the next start.
final class Hooks {
    private static final int MOST_OUTPUT = 4096;
    private static final int MOST_WORDS = 200;

    private final Driver driver;
    private final DesiredApps desired;
    private final Launches launches;
    private final Journal journal;
    private final Time time;
    private final Function<InstanceId, Path> log;

    /// What instances that run were started with, as far as they have hooks for later.
    private final Map<InstanceId, NodeEffect.Launch> started = new ConcurrentHashMap<>();
    private final Map<ServiceId, ReentrantLock> once = new ConcurrentHashMap<>();

    /// @param log the file an instance's output goes to
    Hooks(Driver driver, DesiredApps desired, Launches launches, Journal journal, Time time, Function<InstanceId, Path> log) {
        this.driver = driver;
        this.desired = desired;
        this.launches = launches;
        this.journal = journal;
        this.time = time;
        this.log = log;
    }

    /// One to run, filled in.
    private record Ready(Hook hook, List<String> command) {
        String name() {
            return hook.moment().name().toLowerCase(Locale.ROOT) + " hook '" + command.getFirst() + "'";
        }
    }

    /// Runs a hook's command.
    private interface Way {
        /// @return empty when it succeeded, otherwise what went wrong
        Optional<String> run(Ready ready);
    }

    /// Before the program starts; that of the run before has ended.
    /// @return empty when it may start, otherwise why not
    Optional<String> beforeStart(NodeEffect.Launch launch) {
        afterEnd(launch.id());
        return untilOneFails(launch, Moment.PRE_START, ready -> alone(launch, ready));
    }

    /// Right after the program has started.
    /// @return empty when all is well, otherwise why the start has failed
    Optional<String> afterStart(NodeEffect.Launch launch, Driver.Run run) {
        runs(launch);
        return untilOneFails(launch, Moment.POST_START, ready -> beside(launch.id(), run, ready));
    }

    /// An instance runs: its later hooks are those of this launch.
    void runs(NodeEffect.Launch launch) {
        if (!of(launch, Moment.PRE_STOP).isEmpty() || !of(launch, Moment.POST_STOP).isEmpty()) {
            started.put(launch.id(), launch);
        }
    }

    /// Whether something is to be done before an instance is told to stop.
    boolean precedeStop(InstanceId id) {
        NodeEffect.Launch launch = started.get(id);
        return launch != null && !of(launch, Moment.PRE_STOP).isEmpty();
    }

    /// Whether something is to be done once an instance has ended.
    boolean follow(InstanceId id) {
        return started.containsKey(id);
    }

    /// Before the program is told to stop. What fails is told and stops nothing.
    void beforeStop(InstanceId id, Driver.Run run) {
        NodeEffect.Launch launch = started.get(id);
        if (launch != null) {
            tellFailures(launch, Moment.PRE_STOP, ready -> beside(id, run, ready));
        }
    }

    /// After the program has ended, however it did. Does nothing the second time.
    void afterEnd(InstanceId id) {
        NodeEffect.Launch launch = started.remove(id);
        if (launch != null) {
            tellFailures(launch, Moment.POST_STOP, ready -> alone(launch, ready));
        }
    }

    private Optional<String> untilOneFails(NodeEffect.Launch launch, Moment moment, Way way) {
        for (Ready ready : of(launch, moment)) {
            Optional<String> failed = run(launch.id().service(), ready, way);
            if (failed.isPresent()) {
                return failed;
            }
        }
        return Optional.empty();
    }

    private void tellFailures(NodeEffect.Launch launch, Moment moment, Way way) {
        of(launch, moment).forEach(ready -> run(launch.id().service(), ready, way)
                .ifPresent(reason -> journal.append(launch.id().toString(), "hook_failed", reason, Map.of())));
    }

    private static List<Ready> of(NodeEffect.Launch launch, Moment moment) {
        var all = new ArrayList<Ready>();
        List<Hook> hooks = launch.spec().hooks();
        for (int i = 0; i < hooks.size(); i++) {
            if (hooks.get(i).moment() == moment) {
                all.add(new Ready(hooks.get(i), launch.resolved().hooks().get(i)));
            }
        }
        return all;
    }

    private Optional<String> run(ServiceId service, Ready ready, Way way) {
        return switch (ready.hook().repeat()) {
            case EACH_CREATE -> tried(ready, way);
            case ONCE -> {
                ReentrantLock lock = once.computeIfAbsent(service, _ -> new ReentrantLock());
                lock.lock();
                try {
                    yield once(service, ready, way);
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    private Optional<String> once(ServiceId service, Ready ready, Way way) {
        String what = ready.hook().moment() + " " + ready.command();
        if (desired.hookDone(service, what)) {
            return Optional.empty();
        }
        Optional<String> failed = tried(ready, way);
        if (failed.isEmpty()) {
            desired.saveHookDone(service, what);
            journal.append(service.toString(), "hook", ready.name() + " has run, once for this node", Map.of());
        }
        return failed;
    }

    private static Optional<String> tried(Ready ready, Way way) {
        try {
            return way.run(ready).map(reason -> ready.name() + ": " + reason);
        } catch (Failure e) {
            return Optional.of(ready.name() + ": " + e.getMessage());
        }
    }

    private Optional<String> beside(InstanceId id, Driver.Run run, Ready ready) {
        Driver.Executed executed = driver.exec(id, run, ready.command(), ready.hook().timeout(), MOST_OUTPUT);
        return executed.exit().isEmpty() ? late(ready)
                : executed.exit().get().success() ? Optional.empty() : Optional.of(executed.exit().get().words() + said(executed.output()));
    }

    private Optional<String> alone(NodeEffect.Launch launch, Ready ready) {
        Driver.Launch whole = launches.of(launch, log.apply(launch.id()));
        var interaction = new Interaction(ready.command(), Map.of(), Optional.empty());
        try (var overheard = new Overheard(driver.once(launch.id(), whole, interaction), MOST_OUTPUT)) {
            Optional<Integer> code = overheard.within(ready.hook().timeout(), time);
            return code.isEmpty() ? late(ready)
                    : code.get() == 0 ? Optional.empty() : Optional.of("exit code " + code.get() + said(overheard.output()));
        }
    }

    private static Optional<String> late(Ready ready) {
        return Optional.of("did not end within " + Durations.words(ready.hook().timeout()));
    }

    private static String said(String output) {
        String line = output.strip().lines().reduce((_, last) -> last).orElse("");
        return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), MOST_WORDS));
    }
}
