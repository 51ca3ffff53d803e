package reeve.run.reconcile;

import reeve.model.AppSpec;
import reeve.model.ManifestSource;

/// Reads stored manifests again after a restart. A port of this room, joined to `declare.manifest` in `Wiring`.
@FunctionalInterface
public interface Manifests {
    /// @throws reeve.model.Failure when the manifest is not understood
    AppSpec read(ManifestSource source);
}
