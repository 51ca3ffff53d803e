package reeve.run.reconcile;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Event;
import reeve.testing.SimulatedProcess;
import reeve.testing.Simulation;

/// What [Effects] does, on a simulated node: a lane for each instance, acts that take time and fail, and a Reeve that dies
/// before or after any of them.
final class NodeActs {
    private static final Duration PROBE_SOON = Duration.ofMillis(20);
    private static final Duration PROBE_LATER = Duration.ofSeconds(5);

    private final NodeWorld world;
    private final Simulation simulation;
    private final SimulatedProcess process;
    private final NodeInbox inbox;
    private final Map<InstanceId, SimulatedProcess.Lane> lanes = new HashMap<>();
    private final Map<InstanceId, Driver.Run> watched = new HashMap<>();

    NodeActs(NodeWorld world, SimulatedProcess process, NodeInbox inbox) {
        this.world = world;
        this.simulation = world.simulation;
        this.process = process;
        this.inbox = inbox;
    }

    void carryOut(NodeEffect effect) {
        switch (effect) {
            case NodeEffect.Launch(InstanceId id, _, _, Resolution.Resolved resolved, _) ->
                    later(id, "start", () -> start(id, resolved.digest()));
            case NodeEffect.CannotLaunch(InstanceId id, String reason) -> report(id, new Event.StartFailed(reason));
            case NodeEffect.Probe(InstanceId id, _, Effect.Watch watch, _, _, _) -> {
                watched.put(id, watch.run());
                probe(id, watch.run(), PROBE_SOON);
            }
            case NodeEffect.Act(InstanceId id, Effect act) -> act(id, act);
            case NodeEffect.Forget(InstanceId id) -> later(id, "forget", () -> world.programs.forget(id));
            case NodeEffect.Tell(InstanceId id, _, var after) ->
                    simulation.note("journal", id + " " + after.shown().word() + ": " + after.reason());
            case NodeEffect.RememberSleep(ServiceId service, Optional<SleepKind> how) ->
                    later(service.instance(1), "remember sleep " + how, () ->
                            how.ifPresentOrElse(kind -> world.asleep.put(service, kind), () -> world.asleep.remove(service)));
            case NodeEffect.SetBreakerTimer(long turn, Duration delay) ->
                    process.after(delay, "timer of the breaker", () -> inbox.post(new NodeEvent.BreakerDue(turn)));
            case NodeEffect.Note(String subject, String kind, String reason, _) ->
                    simulation.note("journal", subject + " " + kind + ": " + reason);
            case NodeEffect.DeployOver over -> simulation.note("journal", "deploy of " + over.app() + ": " + over.verdict());
            case NodeEffect.StaysAwake(ServiceId service, String reason) -> simulation.note("journal", service + " stays awake: " + reason);
        }
    }

    private void act(InstanceId id, Effect effect) {
        switch (effect) {
            case Effect.Signal(Driver.Run run, var signal) ->
                    later(id, signal + " to " + run.run(), () -> world.programs.signal(id, run, signal));
            case Effect.Freeze(Driver.Run run) -> later(id, "freeze", () -> freeze(id, run));
            case Effect.Thaw(Driver.Run run) -> later(id, "thaw", () -> thaw(id, run));
            case Effect.Drain(Driver.Run run, Duration _) -> later(id, "drain", () -> report(id, new Event.Drained(run)));
            case Effect.Unwatch _ -> watched.remove(id);
            case Effect.SetTimer(long turn, Duration delay) ->
                    process.after(delay, "timer of " + id, () -> report(id, new Event.TimerFired(turn)));
            case Effect.Start _, Effect.Watch _ -> simulation.fail("reconcile joins these to what they need: " + effect);
        }
    }

    private void later(InstanceId id, String what, Runnable act) {
        lanes.computeIfAbsent(id, _ -> process.lane("act on " + id, Duration.ZERO, Duration.ofMillis(40))).send(what, () -> {
            process.crashPoint("before it acts", 0.003);
            act.run();
        });
    }

    private void start(InstanceId id, String spec) {
        var alive = world.programs.find(id);
        if (alive.isPresent()) {
            report(id, new Event.StartFoundAnother(alive.get().run));
        } else if (simulation.fault(0.05)) {
            report(id, new Event.StartFailed("no such program"));
        } else {
            Driver.Run run = world.programs.start(id, spec, id.service().service().value().equals("seed"));
            process.crashPoint("after it started a program, before it knew", 0.02);
            report(id, new Event.Started(run));
        }
    }

    private void freeze(InstanceId id, Driver.Run run) {
        var program = world.programs.find(id, run);
        if (program.isEmpty() || simulation.fault(0.1)) {
            report(id, new Event.FreezeFailed(run, "the freezer is busy"));
            return;
        }
        program.get().frozen = true;
        process.crashPoint("after it froze a program, before it knew", 0.02);
        report(id, new Event.FreezeDone(run));
    }

    private void thaw(InstanceId id, Driver.Run run) {
        if (simulation.fault(0.05)) {
            report(id, new Event.ThawFailed(run, "the freezer is busy"));
            return;
        }
        world.programs.find(id, run).ifPresent(world.programs::thaw);
        process.crashPoint("after it thawed a program, before it knew", 0.02);
        report(id, new Event.ThawDone(run));
    }

    private void probe(InstanceId id, Driver.Run run, Duration after) {
        process.after(after, "probe of " + id, () -> {
            if (!run.equals(watched.get(id))) {
                return;
            }
            boolean healthy = world.programs.find(id, run).map(SimulatedPrograms.Program::healthy).orElse(false) && !simulation.fault(0.02);
            report(id, healthy ? new Event.ProbePassed(run) : new Event.ProbeFailed(run, "no answer"));
            probe(id, run, healthy ? PROBE_LATER : PROBE_SOON.multipliedBy(5));
        });
    }

    /// As [NodeInbox#ended] does it: through the instance's lane, after the report of its start.
    void ended(InstanceId id, Driver.Run run, Exit exit) {
        later(id, "report its end", () -> report(id, new Event.Ended(run, exit)));
    }

    private void report(InstanceId id, Event event) {
        inbox.post(new NodeEvent.OfInstance(id, event));
    }
}
