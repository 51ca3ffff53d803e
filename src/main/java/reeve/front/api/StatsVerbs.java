package reeve.front.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reeve.base.Elapsed;
import reeve.base.http.HttpAnswer;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.wire.UsageRow;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;

/// What instances use: measured twice, a second apart, for each answer.
final class StatsVerbs {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final ApiParts parts;
    private final WireJson json;

    StatsVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    /// @param since when it was measured
    private record Measured(Map<InstanceId, Apps.Usage> usage, Elapsed since) {}

    HttpAnswer stats(ApiCall call) {
        call.allowOnly(Set.of("app", "follow"));
        boolean follow = call.flag("follow");
        Set<AppName> apps = call.parameter("app").stream().flatMap(names -> Stream.of(names.split(","))).map(AppName::new)
                .collect(Collectors.toSet());
        Apps.Snapshot snapshot = parts.apps().snapshot();
        apps.stream().filter(name -> snapshot.app(name).isEmpty()).findFirst().ifPresent(name -> {
            throw Selected.noApp(name, snapshot);
        });
        Predicate<InstanceId> wanted = id -> apps.isEmpty() || apps.contains(id.service().app());
        return HttpAnswer.streamed(follow ? "application/x-ndjson" : "application/json", out -> write(out, wanted, follow));
    }

    private void write(HttpAnswer.Sink out, Predicate<InstanceId> wanted, boolean follow) throws IOException {
        Measured before = measure(wanted);
        do {
            if (out.goneWithin(BETWEEN)) {
                return;
            }
            Measured now = measure(wanted);
            out.write(json.write(rows(before, now, wanted)) + "\n");
            before = now;
        } while (follow);
    }

    private Measured measure(Predicate<InstanceId> wanted) {
        return new Measured(parts.apps().usage(wanted), parts.time().elapsed());
    }

    private List<UsageRow> rows(Measured before, Measured now, Predicate<InstanceId> wanted) {
        Apps.Snapshot snapshot = parts.apps().snapshot();
        return snapshot.instances().stream()
                .filter(instance -> instance.pid().isPresent() && wanted.test(instance.id()))
                .map(instance -> row(instance, before, now, limit(instance.id(), snapshot)))
                .toList();
    }

    private static UsageRow row(InstanceStatus instance, Measured before, Measured now, OptionalLong limit) {
        InstanceId id = instance.id();
        Apps.Usage used = now.usage().get(id);
        return new UsageRow(id.service().app().value(), id.service().service().value(), id.toString(), instance.state().word(),
                percent(before.usage().get(id), used, now.since().since(before.since())),
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
