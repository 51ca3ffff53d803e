package reeve.run.install;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reeve.base.journal.Journal;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.PassReport;
import reeve.model.wire.PendingRemoval;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;
import reeve.store.Store;
import reeve.store.StoreException;

/// Data that is to go with an app. It goes only after the last instance of the app is gone, so after every stop succeeded; until
/// then, and while removing fails, the wish is kept and tried again with each pass (SUP-8). An app that is declared again keeps its data.
public final class Removals {
    private static final String REMOVALS = "/reeve/v1/local/removals/";

    private final Store store;
    private final Apps apps;
    private final Volumes volumes;
    private final Journal journal;
    private final WireJson json = WireJson.lenient();
    /// Why volumes could not be removed the last time. Of the passes' thread.
    private final Map<String, String> told = new HashMap<>();

    /// @param store this node's own
    public Removals(Store store, Apps apps, Volumes volumes, Journal journal) {
        this.store = store;
        this.apps = apps;
        this.volumes = volumes;
        this.journal = journal;
    }

    /// Remembers that these volumes go with an app that was just dropped. Durable when it returns.
    /// @throws Failure `UNAVAILABLE` when it cannot be remembered; the volumes then stay
    public void add(AppName app, List<String> names) {
        try {
            store.put(REMOVALS + app, json.bytes(new PendingRemoval(names)));
        } catch (StoreException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE,
                    "cannot remember to remove the volumes of " + app + ", they stay: " + e.getMessage(), e);
        }
    }

    /// A stage of a pass. Blocks while it removes.
    public PassReport pass() {
        var actions = new ArrayList<PassReport.Action>();
        var failures = new ArrayList<PassReport.Failed>();
        int looked = 0;
        for (Store.Entry entry : store.list(REMOVALS).entries()) {
            looked++;
            String app = entry.key().substring(REMOVALS.length());
            try {
                actions.addAll(pass(new AppName(app), json.read(PendingRemoval.class, entry.value())));
            } catch (RuntimeException | Error e) { // it concerns no other app
                tell(app, String.valueOf(e.getMessage()));
                failures.add(new PassReport.Failed(app, String.valueOf(e.getMessage())));
            }
        }
        return new PassReport(looked, actions, failures);
    }

    private void tell(String app, String reason) {
        if (!reason.equals(told.put(app, reason))) { // once, not with every pass
            journal.append(app, "volumes_stay", "they cannot be removed yet: " + reason, Map.of());
        }
    }

    private List<PassReport.Action> pass(AppName app, PendingRemoval pending) {
        if (apps.declares(app)) {
            store.delete(REMOVALS + app);
            journal.append(app.value(), "volumes_stay", "it is declared again before they were removed", Map.of());
            return List.of();
        }
        if (!apps.gone(app)) {
            return List.of(); // not everything has stopped
        }
        pending.volumes().forEach(volumes::remove);
        store.delete(REMOVALS + app);
        told.remove(app.value());
        journal.append(app.value(), "volumes_removed", "a user asked for it, and everything of it has stopped",
                Map.of("volumes", String.join(", ", pending.volumes())));
        return List.of(new PassReport.Action(app.value(), "remove_volumes"));
    }
}
