package reeve.front.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.wire.UsageRow;
import reeve.run.reconcile.Apps;

/// What instances had used at one moment; two of them make a rate.
/// @param since when it was measured
record Measured(Map<InstanceId, Apps.Usage> usage, Elapsed since) {

    static Measured of(Apps apps, Time time, Predicate<InstanceId> wanted) {
        return new Measured(apps.usage(wanted), time.elapsed());
    }

    /// What those that run used between an earlier moment and this one.
    List<UsageRow> since(Measured before, Apps.Snapshot snapshot, Predicate<InstanceId> wanted) {
        return snapshot.instances().stream()
                .filter(instance -> instance.pid().isPresent() && wanted.test(instance.id()))
                .map(instance -> row(instance, before, limit(instance.id(), snapshot)))
                .toList();
    }

    private UsageRow row(InstanceStatus instance, Measured before, OptionalLong limit) {
        InstanceId id = instance.id();
        Apps.Usage used = usage.get(id);
        return new UsageRow(id.service().app().value(), id.service().service().value(), id.toString(), instance.state().word(),
                percent(before.usage.get(id), used, since.since(before.since)),
                used == null ? null : used.memory(), limit.isPresent() ? limit.getAsLong() : null, used == null ? null : used.processes());
    }

    /// @return null where it was not there before, or was started anew since
    private static @Nullable Double percent(Apps.@Nullable Usage before, Apps.@Nullable Usage now, Duration between) {
        if (before == null || now == null || now.cpu().compareTo(before.cpu()) < 0 || between.isZero()) {
            return null;
        }
        double percent = 100.0 * now.cpu().minus(before.cpu()).toNanos() / between.toNanos();
        return Math.round(percent * 10) / 10.0;
    }

    private static OptionalLong limit(InstanceId id, Apps.Snapshot snapshot) {
        return snapshot.app(id.service().app()).flatMap(app -> app.spec().service(id.service().service()))
                .map(spec -> spec.resources().memory()).orElse(OptionalLong.empty());
    }
}
