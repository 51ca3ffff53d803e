package reeve.run.reconcile;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import reeve.base.CronText;
import reeve.model.InstanceId;
import reeve.model.Schedule;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;

/// When services that are started at set times are started next. Pure.
///
/// A time counts when it comes while Reeve looks: what came while Reeve was away is not made up for, as with systemd's timers
/// unless they are `Persistent`. However many times lie between two looks, an instance is started once.
/// @param expressions of the services that have one
record Timetable(Map<ServiceId, CronText> expressions, ZoneId zone) {

    Timetable {
        expressions = Map.copyOf(expressions);
    }

    /// @param zone in which the times are meant
    /// @throws IllegalArgumentException where an expression cannot be read; a manifest that has such a one is refused earlier
    static Timetable of(Map<ServiceId, ServiceSpec> specs, ZoneId zone) {
        var expressions = new TreeMap<ServiceId, CronText>();
        specs.forEach((service, spec) -> {
            switch (spec.schedule()) {
                case Schedule.Continuous _ -> { }
                case Schedule.Cron(String expression) -> expressions.put(service, CronText.parse(expression));
            }
        });
        return new Timetable(expressions, zone);
    }

    boolean has(ServiceId service) {
        return expressions.containsKey(service);
    }

    /// Services of which a time lies after the last look and not after this one.
    Set<ServiceId> due(Instant lastLook, Instant now) {
        var due = new TreeSet<ServiceId>();
        expressions.forEach((service, cron) -> {
            if (!next(cron, lastLook).isAfter(now)) {
                due.add(service);
            }
        });
        return due;
    }

    /// When a service is started next; empty for one without set times.
    Optional<Instant> next(ServiceId service, Instant after) {
        return Optional.ofNullable(expressions.get(service)).map(cron -> next(cron, after));
    }

    /// When to look next; empty where no service has set times.
    Optional<Instant> next(Instant after) {
        return expressions.values().stream().map(cron -> next(cron, after)).min(Instant::compareTo);
    }

    private Instant next(CronText cron, Instant after) {
        return cron.next(after.atZone(zone)).toInstant();
    }

    /// What becomes of the instances of a service that is due: those that rest start, those that still run from before are left.
    /// @param starting in their order
    /// @param running  whose time is left out, which the journal says
    record Struck(Set<InstanceId> starting, Set<InstanceId> running) {}

    static Struck struck(NodeState state, ServiceId service) {
        var starting = new TreeSet<InstanceId>();
        var running = new TreeSet<InstanceId>();
        state.members(service).forEach((id, instance) -> (instance.down() ? starting : running).add(id));
        return new Struck(starting, running);
    }
}
