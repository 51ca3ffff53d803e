package reeve.model;

/// Checks with one consequence each, beside a service's [Healthcheck], which has both.
/// @param startup   until it passes, the instance is starting and the others are not asked
/// @param readiness while it fails, the instance takes no new requests; it is not restarted
/// @param liveness  where it fails, the instance is restarted; until then it takes requests
public record Checks(Healthcheck startup, Healthcheck readiness, Healthcheck liveness) {
    private static final Healthcheck ABSENT = Healthcheck.of(new Healthcheck.None());
    public static final Checks NONE = new Checks(ABSENT, ABSENT, ABSENT);
}
