package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Counters;
import reeve.base.Lanes;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.probe.Probes;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Event;
import reeve.run.supervise.Instance;

/// Carries out what reconcile decided: in a lane per instance, so that a slow start or stop delays no other. Results come
/// back as events; whatever an effect throws becomes one too.
final class Effects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Effects.class);

    private final Driver driver;
    private final DesiredApps desired;
    private final Journal journal;
    private final Counters counters;
    private final Ports ports;
    private final Path logs;
    private final Time time;
    private final NodeInbox inbox;
    private final Watcher watcher;
    private final Lanes<InstanceId> lanes;

    Effects(Driver driver, DesiredApps desired, Probes probes, Journal journal, Counters counters, Ports ports, Path logs, Time time,
            NodeInbox inbox) {
        this.driver = driver;
        this.desired = desired;
        this.journal = journal;
        this.counters = counters;
        this.ports = ports;
        this.logs = logs;
        this.time = time;
        this.inbox = inbox;
        this.lanes = inbox.lanes();
        this.watcher = new Watcher(time, probes::unhealthy, this::report);
    }

    /// The file an instance's output goes to.
    Path log(InstanceId id) {
        return logs.resolve(id.service().app().value()).resolve(id.service().service().value()).resolve(id.number() + ".log");
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
            case NodeEffect.Probe(InstanceId id, Healthcheck check, Effect.Watch watch, Resolution.Resolved resolved, int port) ->
                watcher.watch(id, watch.run(),
                        new Probes.Subject(check, address(port), resolved.probe(), resolved.environment(), resolved.workingDirectory()));
            case NodeEffect.Act(InstanceId id, Effect act) -> act(id, act);
            case NodeEffect.Forget(InstanceId id) -> lanes.submit(id, () -> forget(id));
            case NodeEffect.Tell(InstanceId id, Instance before, Instance after) -> {
                ServiceCounters.changed(counters, id, before, after);
                tell(id, before, after);
            }
            case NodeEffect.RememberSleep(ServiceId service, Optional<SleepKind> how) ->
                    lanes.submit(service.instance(1), () -> remember(service, how));
            case NodeEffect.StaysAwake _ -> { } // told by the loop, in order with its other observations
        }
    }

    private void act(InstanceId id, Effect effect) {
        switch (effect) {
            case Effect.Signal(Driver.Run run, var signal) -> lanes.submit(id, () -> driver.signal(id, run, signal));
            case Effect.Freeze(Driver.Run run) -> lanes.submit(id, () -> freeze(id, run));
            case Effect.Thaw(Driver.Run run) -> lanes.submit(id, () -> thaw(id, run));
            case Effect.Drain(Driver.Run run, Duration _) -> lanes.submit(id, () -> report(id, new Event.Drained(run)));
            case Effect.Unwatch _ -> watcher.unwatch(id);
            case Effect.SetTimer(long turn, var delay) -> time.after(delay, () -> report(id, new Event.TimerFired(turn)));
            case Effect.Start _, Effect.Watch _ -> throw new IllegalStateException("reconcile joins these to what they need");
        }
    }

    private void launch(NodeEffect.Launch launch) {
        InstanceId id = launch.id();
        try {
            if (launch.port() != 0 && !Ports.free(launch.port())) {
                portTaken(launch);
                return;
            }
            Resolution.Resolved resolved = launch.resolved();
            var environment = new HashMap<String, String>();
            resolved.envFiles().forEach(file -> environment.putAll(EnvFiles.read(file)));
            environment.putAll(resolved.environment());
            var order = Driver.Launch.process(resolved.command(), environment, resolved.workingDirectory(), log(id), resolved.digest());
            ServiceCounters.startAttempt(counters, id);
            report(id, switch (driver.start(id, order, doing -> report(id, new Event.StartProgress(doing)))) {
                case Driver.Started.Ok(Driver.Run run) -> new Event.Started(run);
                case Driver.Started.Failed(String reason) -> new Event.StartFailed(reason);
                case Driver.Started.Conflict(String reason) -> new Event.StartConflict(reason);
                case Driver.Started.AlreadyRunning(Driver.Run run) -> new Event.StartFoundAnother(run);
            });
        } catch (RuntimeException | Error e) {
            report(id, new Event.StartFailed(reason(e)));
        }
    }

    /// A port that Reeve picked is replaced by another one; one that the manifest fixes is waited for.
    private void portTaken(NodeEffect.Launch launch) {
        InstanceId id = launch.id();
        String taken = "port " + launch.port() + " is taken by another program";
        if (launch.fixedPort()) {
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
        watcher.unwatch(id);
        driver.forget(id);
        ports.takeBack(id);
    }

    private void remember(ServiceId service, Optional<SleepKind> how) {
        if (how.isPresent()) {
            desired.saveAsleep(service, how.get());
        } else {
            desired.forgetAsleep(service);
        }
    }

    private void tell(InstanceId id, Instance before, Instance after) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("before", before.shown().word());
        after.live().or(before::live).ifPresent(live -> facts.put("pid", String.valueOf(live.run().pid())));
        if (after.restarts() > 0) {
            facts.put("restarts", String.valueOf(after.restarts()));
        }
        journal.append(id.toString(), after.shown().word(), after.reason(), facts);
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
