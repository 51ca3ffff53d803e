package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceName;

/// An app as it is declared on this node, with what users said of it since. This is what is durable.
/// @param revision grows by one with each manifest that differs from the last
/// @param trial    where this revision must prove itself, or an earlier one comes back
/// @param spec     with as many replicas as users want
/// @param stopped what a user stopped; it stays so until a user starts it
/// @param drained instances that get no new requests, as a user asked
/// @param scaled  services of which users want more or fewer instances than the manifest says
record App(AppSpec spec, ManifestSource source, Instant appliedAt, Set<Selector> stopped, int revision, Optional<Trial> trial,
        Map<ServiceName, Apps.Scale> scaled, Set<InstanceId> drained) {

    /// An app that was not declared before.
    static App first(AppSpec spec, ManifestSource source, Instant at, Optional<Trial> trial) {
        return new App(spec, source, at, Set.of(), 1, trial, Map.of(), Set.of());
    }

    App {
        stopped = Set.copyOf(stopped);
        scaled = Map.copyOf(scaled);
        drained = Set.copyOf(drained);
    }

    boolean stoppedByUser(InstanceId instance) {
        return stopped.stream().anyMatch(selector -> selector.covers(instance));
    }

    App stopping(Selector selector) {
        var more = new HashSet<>(stopped);
        more.add(selector);
        return new App(spec, source, appliedAt, more, revision, trial, scaled, drained);
    }

    /// Undoes stops. Starting one service of an app that was stopped whole leaves its other services stopped.
    App starting(Selector selector) {
        var left = new HashSet<Selector>();
        for (Selector stop : stopped) {
            left.addAll(Stops.without(stop, selector, spec));
        }
        return new App(spec, source, appliedAt, left, revision, trial, scaled, drained);
    }

    /// @param next number of the revision where the manifest is another one
    App declaredAs(AppSpec manifest, ManifestSource newSource, Instant at, Optional<Trial> newTrial, int next) {
        boolean same = newSource.text().equals(source.text()) && newSource.variables().equals(source.variables());
        Map<ServiceName, Apps.Scale> kept = Scaling.kept(manifest, scaled);
        return new App(Scaling.applied(manifest, kept), newSource, at, stopped, same ? revision : next, newTrial, kept,
                same ? drained : Set.of()); // another revision may give the number to another instance
    }

    /// An earlier revision again.
    App backTo(int earlier, AppSpec manifest, ManifestSource earlierSource, Instant at) {
        return declaredAs(manifest, earlierSource, at, Optional.empty(), earlier);
    }

    App draining(InstanceId instance) {
        var more = new HashSet<>(drained);
        more.add(instance);
        return new App(spec, source, appliedAt, stopped, revision, trial, scaled, more);
    }

    App undraining(InstanceId instance) {
        var left = new HashSet<>(drained);
        left.remove(instance);
        return new App(spec, source, appliedAt, stopped, revision, trial, scaled, left);
    }

    App scaled(AppSpec newSpec, Map<ServiceName, Apps.Scale> newScaled) {
        return new App(newSpec, source, appliedAt, stopped, revision, trial, newScaled, drained);
    }

    /// It has proved itself.
    App proven() {
        return new App(spec, source, appliedAt, stopped, revision, Optional.empty(), scaled, drained);
    }

    @Override
    public String toString() {
        return spec.name() + " revision " + revision + (stopped.isEmpty() ? "" : " without " + stopped);
    }

    /// A deploy that is not decided yet.
    /// @param previous revision to go back to; 0 for none
    /// @param timeout  how long it may take to be up
    record Trial(int previous, Duration timeout) {}
}
