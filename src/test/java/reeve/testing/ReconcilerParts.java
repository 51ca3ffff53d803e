package reeve.testing;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import reeve.base.Counters;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Secrets;
import reeve.run.probe.Probes;
import reeve.run.reconcile.Drains;
import reeve.run.reconcile.Manifests;
import reeve.run.reconcile.NodeInbox;
import reeve.run.reconcile.Reconciler;
import reeve.run.reconcile.SecretTexts;
import reeve.run.supervise.Driver;
import reeve.serve.route.RouteSources;
import reeve.sleep.SleepInbox;
import reeve.sleep.SleepSettings;
import reeve.store.Store;

/// What a [Reconciler] stands on in tests: fakes where a test names nothing.
public final class ReconcilerParts {
    private ReconcilerParts() {}

    public static Reconciler.Parts of(NodeInbox inbox, Driver driver, Store store, Manifests manifests, Journal journal, Counters counters,
            Time time) {
        return of(inbox, driver, store, manifests, journal, counters, time, Path.of("/var/lib/reeve/logs"));
    }

    /// @param logs where programs that are real write to
    public static Reconciler.Parts of(NodeInbox inbox, Driver driver, Store store, Manifests manifests, Journal journal, Counters counters,
            Time time, Path logs) {
        return new Reconciler.Parts(inbox, driver, store, store, manifests, new PlainSecrets(), new Probes(time, Map.of()), journal,
                counters,
                new RouteSources(List.of("apps")), Drains.NONE, new SleepInbox(SleepSettings.DEFAULTS), logs,
                "/opt/java", time, () -> 0.5);
    }

    /// Secrets that say where they are from.
    public record PlainSecrets() implements SecretTexts {
        @Override
        public String reveal(Secrets.Source source) {
            return "secret of " + source;
        }

        @Override
        public String fingerprint(byte[] content) {
            return HexFormat.of().formatHex(content);
        }
    }
}
