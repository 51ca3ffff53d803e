package reeve.run.reconcile;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceName;

/// An app as it is declared on this node, with what users said of it since. This is what is durable.
/// @param spec    with as many replicas as users want
/// @param stopped what a user stopped; it stays so until a user starts it
/// @param scaled  services of which users want more or fewer instances than the manifest says
record App(AppSpec spec, ManifestSource source, Instant appliedAt, Set<Selector> stopped, Map<ServiceName, Apps.Scale> scaled) {

    App {
        stopped = Set.copyOf(stopped);
        scaled = Map.copyOf(scaled);
    }

    /// Of which nobody said anything yet.
    App(AppSpec spec, ManifestSource source, Instant appliedAt, Set<Selector> stopped) {
        this(spec, source, appliedAt, stopped, Map.of());
    }

    boolean stoppedByUser(InstanceId instance) {
        return stopped.stream().anyMatch(selector -> selector.covers(instance));
    }

    App stopping(Selector selector) {
        var more = new HashSet<>(stopped);
        more.add(selector);
        return new App(spec, source, appliedAt, more, scaled);
    }

    /// Undoes stops. Starting one service of an app that was stopped whole leaves its other services stopped.
    App starting(Selector selector) {
        var left = new HashSet<Selector>();
        for (Selector stop : stopped) {
            left.addAll(Stops.without(stop, selector, spec));
        }
        return new App(spec, source, appliedAt, left, scaled);
    }

    App declaredAs(AppSpec manifest, ManifestSource newSource, Instant at) {
        Map<ServiceName, Apps.Scale> kept = Scaling.kept(manifest, scaled);
        return new App(Scaling.applied(manifest, kept), newSource, at, stopped, kept);
    }
}
