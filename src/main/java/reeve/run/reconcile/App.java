package reeve.run.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceName;

/// An app as it is declared on this node, with what users said of it since. This is what is durable.
/// @param spec     with as many replicas as users want
/// @param revision grows by one with each manifest that differs from the last
/// @param trial    where this revision must prove itself, or an earlier one comes back
record App(AppSpec spec, ManifestSource source, Instant appliedAt, int revision, Optional<Trial> trial, Overrides overrides) {

    /// An app that was not declared before.
    static App first(AppSpec spec, ManifestSource source, Instant at, Optional<Trial> trial) {
        return new App(spec, source, at, 1, trial, Overrides.NONE);
    }

    boolean stoppedByUser(InstanceId instance) {
        return overrides.stopped().stream().anyMatch(selector -> selector.covers(instance));
    }

    /// @param next number of the revision where the manifest is another one
    App declaredAs(AppSpec manifest, ManifestSource newSource, Instant at, Optional<Trial> newTrial, int next) {
        boolean same = newSource.text().equals(source.text()) && newSource.variables().equals(source.variables());
        Map<ServiceName, Apps.Scale> kept = Scaling.kept(manifest, overrides.scaled());
        Overrides still = overrides.scaled(kept);
        return new App(Scaling.applied(manifest, kept), newSource, at, same ? revision : next, newTrial, same ? still : still.undrained());
    }

    /// An earlier revision again.
    App backTo(int earlier, AppSpec manifest, ManifestSource earlierSource, Instant at) {
        return declaredAs(manifest, earlierSource, at, Optional.empty(), earlier);
    }

    /// A user says something else of it than its manifest.
    App overriding(UnaryOperator<Overrides> change) {
        return new App(spec, source, appliedAt, revision, trial, change.apply(overrides));
    }

    App stopping(Selector selector) {
        return overriding(said -> said.stopping(selector));
    }

    App starting(Selector selector) {
        return overriding(said -> said.starting(selector, spec));
    }

    App scaled(AppSpec newSpec, Map<ServiceName, Apps.Scale> newScaled) {
        return new App(newSpec, source, appliedAt, revision, trial, overrides.scaled(newScaled));
    }

    /// It has proved itself.
    App proven() {
        return new App(spec, source, appliedAt, revision, Optional.empty(), overrides);
    }

    @Override
    public String toString() {
        return spec.name() + " revision " + revision + (overrides.stopped().isEmpty() ? "" : " without " + overrides.stopped());
    }

    /// A deploy that is not decided yet.
    /// @param previous revision to go back to; 0 for none
    /// @param timeout  how long it may take to be up
    record Trial(int previous, Duration timeout) {}
}
