package reeve.run.reconcile;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.run.supervise.Event;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// Puts [Breaker] between the end of a back-off and the start that follows, as part of one decision of [Reconciliation].
record Circuit(Reconciliation on) {

    /// Whether an event has to wait: a back-off that elapsed, while restarts are held back. What is not held back any more is
    /// started by the breaker's own effect, so the event is done with either way.
    boolean holdsBack(InstanceId id, Event event) {
        Instance instance = on.state.instances().get(id);
        boolean due = event instanceof Event.TimerFired(long turn) && instance != null && turn == instance.turn()
                && instance.phase() instanceof Phase.BackingOff && instance.shown() == InstanceState.BACKING_OFF
                && instance.goal() instanceof Goal.Run;
        if (due) {
            take(new Breaker.Event.Due(id));
        }
        return due;
    }

    void due(long turn) {
        take(new Breaker.Event.TimerFired(turn));
    }

    /// An instance went from one state to another.
    void told(InstanceId id, Instance before, Instance after) {
        if (before.goal() instanceof Goal.Run && !(after.goal() instanceof Goal.Run)) {
            take(new Breaker.Event.Left(id));
        }
        if (!before.serves() && after.serves()) {
            take(new Breaker.Event.CameUp(id));
        }
        if (!before.down() && after.goal() instanceof Goal.Run && fell(after)) {
            Duration lived = before.live().map(live -> on.now.elapsed().since(live.since())).orElse(Duration.ZERO);
            take(new Breaker.Event.Fell(id, lived, after.reason().replaceFirst("; starts again in .*", ""), dependsOn(id.service()),
                    running(id.service())));
        }
    }

    private static boolean fell(Instance instance) {
        return switch (instance.phase()) {
            case Phase.BackingOff(_, InstanceState shown) -> shown == InstanceState.BACKING_OFF;
            case Phase.Down(InstanceState shown, String latch) -> shown == InstanceState.FAILED && !latch.isEmpty();
            case Phase.Launching _, Phase.Starting _, Phase.Up _, Phase.Freezing _, Phase.Frozen _, Phase.Thawing _, Phase.Draining _,
                    Phase.Stopping _, Phase.Unknown _ -> false;
        };
    }

    private Set<ServiceId> dependsOn(ServiceId service) {
        return on.state.spec(service).stream().flatMap(spec -> spec.dependsOn().stream())
                .map(dependency -> new ServiceId(service.app(), dependency.service())).collect(Collectors.toSet());
    }

    private int running(ServiceId fallen) {
        return (int) on.state.instances().entrySet().stream()
                .filter(one -> one.getValue().serves() && !one.getKey().service().equals(fallen))
                .map(one -> one.getKey().service()).distinct().count();
    }

    private void take(Breaker.Event event) {
        Breaker.Step step = Breaker.decide(on.state.breaker(), event, on.now.elapsed());
        on.state = on.state.withBreaker(step.next());
        step.effects().forEach(this::act);
    }

    private void act(Breaker.Effect effect) {
        switch (effect) {
            case Breaker.Effect.Start(InstanceId id) -> {
                Instance instance = on.state.instances().get(id);
                if (instance != null && instance.phase() instanceof Phase.BackingOff) {
                    on.tell(id, new Event.TimerFired(instance.turn()));
                }
            }
            case Breaker.Effect.Incident(String why, Map<String, String> facts) -> note("incident", why, facts);
            case Breaker.Effect.Over(String why) -> note("incident_over", why, Map.of());
            case Breaker.Effect.SetTimer(long turn, Duration delay) -> on.effects.add(new NodeEffect.SetBreakerTimer(turn, delay));
        }
    }

    private void note(String kind, String why, Map<String, String> facts) {
        on.effects.add(new NodeEffect.Note(on.state.surroundings().facts().name().value(), kind, why, facts));
    }

    /// What is added to the reason of an instance whose restart is held back; nothing for any other.
    static String words(NodeState state, InstanceId id) {
        SequencedSet<InstanceId> waiting = switch (state.breaker()) {
            case Breaker.State.Closed _ -> Collections.emptyNavigableSet();
            case Breaker.State.Open open -> open.waiting();
            case Breaker.State.Trying trying -> trying.waiting();
        };
        return waiting.contains(id) ? "; held back: many services failed at once, they are started one by one" : "";
    }
}
