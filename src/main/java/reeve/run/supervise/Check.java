package reeve.run.supervise;

import reeve.model.Healthcheck;

/// One of the questions an instance is asked while it runs.
public enum Check {
    /// The service's healthcheck: both [#READINESS] and, where it goes on failing, [#LIVENESS].
    HEALTH,
    /// Until it passes, the others are not asked.
    STARTUP,
    /// While it fails, the instance takes no new requests.
    READINESS,
    /// Where it fails, the instance is restarted.
    LIVENESS;

    Healthcheck of(Goal.Order order) {
        return of(order.healthcheck(), order.checks());
    }

    public Healthcheck of(Healthcheck healthcheck, reeve.model.Checks checks) {
        return switch (this) {
            case HEALTH -> healthcheck;
            case STARTUP -> checks.startup();
            case READINESS -> checks.readiness();
            case LIVENESS -> checks.liveness();
        };
    }
}
