package reeve.run.reconcile;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;

/// An app as it is declared on this node, with what users said of it since. This is what is durable.
/// @param stopped what a user stopped; it stays so until a user starts it
record App(AppSpec spec, ManifestSource source, Instant appliedAt, Set<Selector> stopped) {

    App {
        stopped = Set.copyOf(stopped);
    }

    boolean stoppedByUser(InstanceId instance) {
        return stopped.stream().anyMatch(selector -> selector.covers(instance));
    }

    App stopping(Selector selector) {
        var more = new HashSet<>(stopped);
        more.add(selector);
        return new App(spec, source, appliedAt, more);
    }

    /// Undoes stops. Starting one service of an app that was stopped whole leaves its other services stopped.
    App starting(Selector selector) {
        var left = new HashSet<Selector>();
        for (Selector stop : stopped) {
            left.addAll(Stops.without(stop, selector, spec));
        }
        return new App(spec, source, appliedAt, left);
    }

    App declaredAs(AppSpec newSpec, ManifestSource newSource, Instant at) {
        return new App(newSpec, newSource, at, stopped);
    }
}
