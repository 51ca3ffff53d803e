package reeve.run.reconcile;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reeve.model.AppName;
import reeve.model.InstanceId;

/// Instances that are gone, and of which something is still to be removed: a container that ended, a folder. Any thread.
final class Leftovers {
    private final Map<InstanceId, Integer> removals = new ConcurrentHashMap<>();

    void begin(InstanceId id) {
        removals.merge(id, 1, Integer::sum);
    }

    void end(InstanceId id) {
        removals.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
    }

    boolean of(AppName app) {
        return removals.keySet().stream().anyMatch(id -> id.service().app().equals(app));
    }
}
