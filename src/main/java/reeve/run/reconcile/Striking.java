package reeve.run.reconcile;

import java.util.function.Predicate;
import reeve.model.InstanceId;
import reeve.model.Selector;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;

/// Starts instances that are started at set times, as part of one decision of [Reconciliation].
record Striking(Reconciliation on) {

    /// Starts what became due since the last look. What still runs from before is left alone, and the journal says so; what is
    /// stopped, disabled, asleep or cannot run lets its time pass.
    void look() {
        Times times = on.state.times();
        if (times.next().isEmpty()) {
            return;
        }
        on.state = on.state.withTimes(times.looked(on.now.wall()));
        times.due(on.now.wall()).forEach(service -> {
            Timetable.Struck struck = Timetable.struck(on.state, service);
            struck.starting().stream().filter(this::mayRun).forEach(id -> {
                on.startAfresh(id);
                start(id, "its time has come");
            });
            struck.running().forEach(id ->
                    on.effects.add(new NodeEffect.Note(id.toString(), "left_out", "its time came while it still ran from before")));
        });
    }

    private boolean mayRun(InstanceId id) {
        return Goals.alone(on.state.withTimes(on.state.times().starting(id, "")), id) instanceof Goal.Run;
    }

    /// A user starts now what has set times.
    void asked(Selector selector, Predicate<Instance> which) {
        on.ids(id -> selector.covers(id) && on.state.times().has(id.service())).stream()
                .filter(id -> which.test(on.state.instances().get(id)))
                .forEach(id -> start(id, "a user asked for it"));
    }

    /// A run that another Reeve started goes on, or is over.
    void found(InstanceId id) {
        if (on.state.times().has(id.service())) {
            start(id, "it was started before");
        }
    }

    private void start(InstanceId id, String why) {
        on.state = on.state.withTimes(on.state.times().starting(id, why));
    }
}
