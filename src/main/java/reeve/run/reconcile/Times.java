package reeve.run.reconcile;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// Where the services stand that are started at set times. Between its runs such an instance rests, and shows how the last one
/// ended. Pure, immutable.
/// @param looked  when due times were looked for last
/// @param started instances whose time has come, or that a user started, until they have ended for good: why they run
record Times(Timetable table, Instant looked, Map<InstanceId, String> started) {
    static final String WAITS = "waits for its time";
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm xxx", Locale.ROOT);

    Times {
        started = Map.copyOf(started);
    }

    /// @param zone in which times are meant
    static Times in(ZoneId zone) {
        return new Times(Timetable.of(Map.of(), zone), Instant.EPOCH, Map.of());
    }

    /// The same for services that are declared anew.
    Times of(Map<ServiceId, ServiceSpec> specs) {
        Timetable next = Timetable.of(specs, table.zone());
        var left = new HashMap<>(started);
        left.keySet().removeIf(id -> !next.has(id.service()));
        return new Times(next, looked, left);
    }

    Times looked(Instant now) {
        return new Times(table, now, started);
    }

    Times starting(InstanceId id, String why) {
        return new Times(table, looked, Reconciliation.with(started, id, why));
    }

    /// Forgets that an instance was started, once that run is over for good or it shall not run any more.
    Times after(InstanceId id, Instance now) {
        return started.containsKey(id) && now.down() && over(now) ? new Times(table, looked, Reconciliation.without(started, id)) : this;
    }

    private static boolean over(Instance instance) {
        return switch (instance.goal()) {
            case Goal.Run(Goal.Order order) -> instance.latched(order);
            case Goal.Rest(InstanceState shown, _, _) -> shown != InstanceState.STARTING && shown != InstanceState.REPLACING;
            case Goal.Sleep _ -> true;
        };
    }

    boolean has(ServiceId service) {
        return table.has(service);
    }

    /// Services of which a time came since the last look.
    Set<ServiceId> due(Instant now) {
        return table.due(looked, now);
    }

    /// When to look next; empty where no service has set times.
    Optional<Instant> next() {
        return table.next(looked);
    }

    /// The goal of an instance that nothing keeps from running. A run goes on as it was started: what changes meanwhile holds for
    /// the next one.
    Goal goal(InstanceId id, Instance instance, Goal.Order order) {
        if (!has(id.service())) {
            return new Goal.Run(order);
        }
        if (started.containsKey(id)) {
            return new Goal.Run(instance.live().map(live -> order.startedFrom(live.spec())).orElse(order));
        }
        return instance.phase() instanceof Phase.Down(InstanceState shown, String latch) && !latch.isEmpty()
                && (shown == InstanceState.DONE || shown == InstanceState.FAILED)
                ? new Goal.Rest(shown, instance.reason()) : new Goal.Rest(InstanceState.DONE, WAITS);
    }

    /// What is added to the reason why an instance rests: when it runs next; nothing for any other.
    String words(ServiceId service, Instance instance) {
        boolean rests = instance.shown() == InstanceState.DONE || instance.shown() == InstanceState.FAILED;
        return rests ? table.next(service, looked).map(at -> "; next run at " + MINUTE.format(at.atZone(table.zone()))).orElse("") : "";
    }
}
