package reeve.sleep;

/// Bounds of this room. One request more than they allow is refused at once.
/// @param heldPerService requests that may wait for one service
/// @param heldInTotal    requests that may wait on this node
public record SleepSettings(int heldPerService, int heldInTotal) {
    public static final SleepSettings DEFAULTS = new SleepSettings(10_000, 20_000);

    public SleepSettings {
        if (heldPerService < 1 || heldInTotal < heldPerService) {
            throw new IllegalArgumentException("cannot hold " + heldPerService + " requests for each service and " + heldInTotal
                    + " in total: expected at least 1 for each service, and at least as many in total");
        }
    }
}
