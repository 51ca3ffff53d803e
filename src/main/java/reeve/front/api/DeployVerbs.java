package reeve.front.api;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reeve.base.Waiting;
import reeve.base.http.HttpAnswer;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.ManifestSource;
import reeve.model.wire.DeployAnswer;
import reeve.model.wire.DeployRequest;
import reeve.model.wire.RevisionRow;
import reeve.model.wire.RollbackRequest;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;

/// Verbs about an app's revisions.
final class DeployVerbs {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int MOST_WAIT_SECONDS = 60;

    private final ApiParts parts;
    private final WireJson json;

    DeployVerbs(ApiParts parts, WireJson json) {
        this.parts = parts;
        this.json = json;
    }

    HttpAnswer deploy(ApiCall call) {
        DeployRequest request = call.body(DeployRequest.class);
        ManifestSource source = AppVerbs.source(request.manifest());
        return answer(parts.apps().deploy(source, AppVerbs.read(parts.manifests(), source).spec(), timeout(request.timeout())));
    }

    HttpAnswer rollback(ApiCall call) {
        RollbackRequest request = call.body(RollbackRequest.class);
        Integer revision = request.revision();
        return answer(parts.apps().rollback(call.app(), revision == null ? OptionalInt.empty() : OptionalInt.of(revision),
                timeout(request.timeout())));
    }

    private static Duration timeout(@Nullable Duration given) {
        Duration timeout = Objects.requireNonNullElse(given, TIMEOUT);
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
            throw new Failure(Failure.Kind.INVALID, "cannot wait for " + timeout + ": allowed is more than nothing, up to a day");
        }
        return timeout;
    }

    /// How the last deploy stands; waits, where asked to, until it is over.
    HttpAnswer rollout(ApiCall call) {
        call.allowOnly(Set.of("wait"));
        AppName app = call.app();
        rollout(app);
        Waiting.until(parts.time(), LOOK, Duration.ofSeconds(call.number("wait", 0, MOST_WAIT_SECONDS)),
                () -> rollout(app).state() != Apps.RolloutState.ROLLING);
        return answer(rollout(app));
    }

    private Apps.RolloutStatus rollout(AppName app) {
        return parts.apps().rollout(app).orElseThrow(() ->
                new Failure(Failure.Kind.NOT_FOUND, "cannot find a deploy of '" + app + "': there was none since Reeve started"));
    }

    HttpAnswer revisions(ApiCall call) {
        call.allowOnly(Set.of());
        return Answers.json(json, parts.apps().revisions(call.app()).stream()
                .map(revision -> new RevisionRow(revision.number(), revision.file().toString(), revision.appliedAt(), revision.current(),
                        revision.failed().orElse(null)))
                .toList());
    }

    private HttpAnswer answer(Apps.RolloutStatus status) {
        return Answers.json(json, new DeployAnswer(status.app().value(), status.revision(), status.previous(), status.state().word(),
                status.reason(), status.since()));
    }
}
