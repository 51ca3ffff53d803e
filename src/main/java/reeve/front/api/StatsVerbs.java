package reeve.front.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.http.HttpAnswer;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;

/// What instances use: measured twice, a second apart, for each answer; or as it was measured last.
final class StatsVerbs {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final ApiParts parts;
    private final WireJson json;
    private final Meter meter;

    StatsVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
        this.meter = new Meter(parts.apps(), parts.time());
    }

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

    HttpAnswer lately(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, meter.look());
    }

    private void write(HttpAnswer.Sink out, Predicate<InstanceId> wanted, boolean follow) throws IOException {
        var before = Measured.of(parts.apps(), parts.time(), wanted);
        do {
            if (out.goneWithin(BETWEEN)) {
                return;
            }
            var now = Measured.of(parts.apps(), parts.time(), wanted);
            out.write(json.write(now.since(before, parts.apps().snapshot(), wanted)) + "\n");
            before = now;
        } while (follow);
    }
}
