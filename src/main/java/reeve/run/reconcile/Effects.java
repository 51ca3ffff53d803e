package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Counters;
import reeve.base.Durations;
import reeve.base.Lanes;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.model.StopSignal;
import reeve.model.Workload;
import reeve.run.probe.Probes;
import reeve.run.supervise.Check;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Event;
import reeve.run.supervise.Instance;

/// Carries out what reconcile decided: in a lane per instance, so that a slow start or stop delays no other. Results come
/// back as events; whatever an effect throws becomes one too.
final class Effects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);

    private static final int MOST_PROBE_OUTPUT = 4096;

    private final Driver driver;
    private final DesiredApps desired;
    private final Journal journal;
    private final Counters counters;
    private final Ports ports;
    private final Path logs;
    private final Time time;
    private final NodeInbox inbox;
    private final Probes probes;
    private final Watcher watcher;
    private final Launches launches;
    private final Hooks hooks;
    private final Telling telling;
    private final Drains drains;
    private final Consumer<NodeEffect.DeployOver> deployOver;
    private final Leftovers leftovers;
    private final Consumer<InstanceId> forgotten;
    private final Lanes<InstanceId> lanes;

    /// @param deployOver told on a thread of its own
    /// @param forgotten  told, on the lane of an instance, that nothing is left of it
    Effects(Reconciler.Parts parts, DesiredApps desired, Ports ports, Leftovers leftovers, Consumer<NodeEffect.DeployOver> deployOver,
            Consumer<InstanceId> forgotten) {
        this.driver = parts.driver();
        this.desired = desired;
        this.journal = parts.journal();
        this.counters = parts.counters();
        this.ports = ports;
        this.logs = parts.logs();
        this.time = parts.time();
        this.inbox = parts.inbox();
        this.probes = parts.probes();
        this.lanes = inbox.lanes();
        this.watcher = new Watcher(time, this::unhealthy, this::report);
        this.launches = new Launches(parts.secrets());
        this.hooks = new Hooks(driver, desired, launches, journal, time, this::log);
        this.telling = new Telling(journal, time);
        this.drains = parts.drains();
        this.deployOver = deployOver;
        this.leftovers = leftovers;
        this.forgotten = forgotten;
    }

    /// The file an instance's output goes to.
    Path log(InstanceId id) {
        return logs.resolve(id.service().app().value()).resolve(id.service().service().value()).resolve(id.number() + ".log");
    }

    /// An instance was found running, that a launch like this would have started.
    void adopted(NodeEffect.Launch launch) {
        hooks.runs(launch);
    }

    /// Begins an effect; waits for nothing. What cannot be begun, because its lane is full, is no reason to drop others.
    void carryOut(NodeEffect effect) {
        try {
            begin(effect);
        } catch (RuntimeException e) {
            LOG.error("cannot begin an effect: effect={}", effect.getClass().getSimpleName(), e);
        }
    }

    private void begin(NodeEffect effect) {
        switch (effect) {
            case NodeEffect.Launch launch -> lanes.submit(launch.id(), () -> launch(launch));
            case NodeEffect.CannotLaunch(InstanceId id, String reason) ->
                    lanes.submit(id, () -> report(id, new Event.StartFailed(reason))); // the loop never posts to itself
            case NodeEffect.Probe probe -> watcher.watch(probed(probe));
            case NodeEffect.Act(InstanceId id, Effect act) -> act(id, act);
            case NodeEffect.Forget(InstanceId id) -> {
                leftovers.begin(id);
                lanes.submit(id, () -> forget(id));
            }
            case NodeEffect.Tell(InstanceId id, Instance before, Instance after) -> {
                ServiceCounters.changed(counters, id, before, after);
                tell(id, before, after);
            }
            case NodeEffect.RememberSleep(ServiceId service, Optional<SleepKind> how) ->
                    lanes.submit(service.instance(1), () -> remember(service, how));
            case NodeEffect.Note(String subject, String kind, String reason, Map<String, String> facts) ->
                    journal.append(subject, kind, reason, facts);
            case NodeEffect.SetBreakerTimer(long turn, Duration delay) ->
                    time.after(delay, () -> inbox.post(new NodeEvent.BreakerDue(turn)));
            case NodeEffect.DeployOver over -> Thread.ofVirtual().name("deploy of " + over.app()).start(() -> deployOver.accept(over));
            case NodeEffect.StaysAwake _ -> { } // told by the loop, in order with its other observations
        }
    }

    private void act(InstanceId id, Effect effect) {
        switch (effect) {
            case Effect.Signal(Driver.Run run, var signal) -> lanes.submit(id, () -> signal(id, run, signal));
            case Effect.Freeze(Driver.Run run) -> lanes.submit(id, () -> freeze(id, run));
            case Effect.Thaw(Driver.Run run) -> lanes.submit(id, () -> thaw(id, run));
            case Effect.Drain(Driver.Run run, Duration limit) -> lanes.submit(id, () -> drain(id, run, limit));
            case Effect.Unwatch _ -> watcher.unwatch(id);
            case Effect.SetTimer(long turn, var delay) when hooks.precedeStop(id) ->
                    lanes.submit(id, () -> setTimer(id, turn, delay)); // its time to stop begins with the signal, after the hook
            case Effect.SetTimer(long turn, var delay) -> setTimer(id, turn, delay);
            case Effect.Start _, Effect.Watch _ -> throw new IllegalStateException("reconcile joins these to what they need");
        }
    }

    private void setTimer(InstanceId id, long turn, Duration delay) {
        time.after(delay, () -> report(id, new Event.TimerFired(turn)));
    }

    private void signal(InstanceId id, Driver.Run run, StopSignal signal) {
        if (signal != StopSignal.SIGKILL && hooks.precedeStop(id)) {
            driver.thaw(id, run); // a suspended program, and a command beside it, could do nothing
            hooks.beforeStop(id, run);
        }
        driver.signal(id, run, signal);
    }

    private Watcher.Probed probed(NodeEffect.Probe probe) {
        Check check = probe.watch().check();
        Path workingDirectory = probe.workload() instanceof Workload.Process process ? process.workingDirectory() : Path.of("/");
        return new Watcher.Probed(probe.id(), probe.watch().run(), check, probe.workload(),
                new Probes.Subject(probe.healthcheck(), address(probe.port()), probe.resolved().probes().getOrDefault(check, List.of()),
                        probe.resolved().environment(), workingDirectory));
    }

    /// A command that probes a container runs inside it.
    private Optional<String> unhealthy(Watcher.Probed probed) {
        if (!(probed.workload() instanceof Workload.Container) || probed.subject().command().isEmpty()) {
            return probes.unhealthy(probed.subject());
        }
        Driver.Executed executed = driver.exec(probed.id(), probed.run(), probed.subject().command(), probed.subject().check().timeout(),
                MOST_PROBE_OUTPUT);
        return executed.exit().map(exit -> exit.success() ? Optional.<String>empty() : Optional.of(exit.words() + ": " + executed.output()))
                .orElse(Optional.of("no answer within " + Durations.words(probed.subject().check().timeout())));
    }

    private void launch(NodeEffect.Launch launch) {
        InstanceId id = launch.id();
        try {
            if (launch.port() != 0 && !Ports.free(launch.port())) {
                portTaken(launch);
                return;
            }
            Optional<String> refused = hooks.beforeStart(launch);
            if (refused.isPresent()) {
                report(id, new Event.StartFailed(refused.get()));
                return;
            }
            Driver.Launch order = launches.of(launch, log(id));
            ServiceCounters.startAttempt(counters, id); // what could not even be put together was no attempt
            Driver.Started started = driver.start(id, order, doing -> report(id, new Event.StartProgress(doing)));
            report(id, switch (started) {
                case Driver.Started.Ok(Driver.Run run) -> hooks.afterStart(launch, run).<Event>map(why -> new Event.StartedInVain(run, why))
                        .orElseGet(() -> new Event.Started(run));
                case Driver.Started.Failed(String reason) -> new Event.StartFailed(reason);
                case Driver.Started.Conflict(String reason) -> new Event.StartConflict(reason);
                case Driver.Started.AlreadyRunning(Driver.Run run) -> new Event.StartFoundAnother(run);
            });
        } catch (RuntimeException | Error e) {
            report(id, new Event.StartFailed(reason(e)));
        }
    }

    /// Waits in the instance's lane, so that its stop signal comes after.
    private void drain(InstanceId id, Driver.Run run, Duration limit) {
        try {
            drains.await(id, limit);
        } finally {
            report(id, new Event.Drained(run));
        }
    }

    /// A port that Reeve picked is replaced by another one; one that the manifest fixes is waited for.
    private void portTaken(NodeEffect.Launch launch) {
        InstanceId id = launch.id();
        String taken = "port " + launch.port() + " is taken by "
                + ports.holder(launch.port(), id.service()).map(InstanceId::toString).orElse("another program");
        if (launch.spec().fixedPort() != 0) {
            report(id, new Event.StartFailed(taken));
            return;
        }
        int next = ports.move(id);
        inbox.post(new NodeEvent.PortMoved(id, next));
        report(id, new Event.StartFailed(taken + ", it moves to " + next));
    }

    private void freeze(InstanceId id, Driver.Run run) {
        try {
            driver.freeze(id, run);
            report(id, new Event.FreezeDone(run));
        } catch (RuntimeException | Error e) {
            report(id, new Event.FreezeFailed(run, reason(e)));
        }
    }

    private void thaw(InstanceId id, Driver.Run run) {
        try {
            driver.thaw(id, run);
            report(id, new Event.ThawDone(run));
        } catch (RuntimeException | Error e) {
            report(id, new Event.ThawFailed(run, reason(e)));
        }
    }

    private void forget(InstanceId id) {
        try {
            hooks.afterEnd(id);
            watcher.unwatch(id);
            telling.forget(id);
            driver.forget(id);
            ports.takeBack(id);
        } finally {
            leftovers.end(id);
            forgotten.accept(id);
        }
    }

    private void remember(ServiceId service, Optional<SleepKind> how) {
        if (how.isPresent()) {
            desired.saveAsleep(service, how.get());
        } else {
            desired.forgetAsleep(service);
        }
    }

    private void tell(InstanceId id, Instance before, Instance after) {
        telling.changed(id, before, after);
        if (before.live().isPresent() && after.live().isEmpty() && hooks.follow(id)) {
            lanes.submit(id, () -> hooks.afterEnd(id)); // a start that comes first sees to it itself
        }
    }

    private void report(InstanceId id, Event event) {
        inbox.post(new NodeEvent.OfInstance(id, event));
    }

    private static Optional<Address> address(int port) {
        return port == 0 ? Optional.empty() : Optional.of(Address.loopback(port));
    }

    private static String reason(Throwable e) {
        if (!(e instanceof Failure)) {
            LOG.warn("unexpected failure of an effect", e);
        }
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        watcher.close();
    }
}
