/// Manifests: YAML in the vocabulary of the Compose Specification, or of the AppManifest form, read into [reeve.model.AppSpec].
///
/// Owns: which keys there are and what they mean, Compose's interpolation, and errors that name file, line, column, key and
/// what is allowed; all errors of a file at once. Never: IO (the caller hands in the text), defaults that depend on the
/// machine, decisions. Pure; any thread.
///
/// Each key is defined once, in `ServiceKeys`, `AppKeys`, `PartKeys` or `AppManifestKeys`: what is read, what is refused and the
/// tables of docs/manifest.md are made from that. Reading takes three steps: [reeve.declare.yaml] makes the tree; `AppReader`
/// gives it types, with `SharedReader` for what services share and `ServiceReader` for each of them, which has a reader for
/// each part; `Consistency` looks at what only the whole app shows. `AppManifestReader` does the same for its form.
@NullMarked
package reeve.declare.manifest;

import org.jspecify.annotations.NullMarked;
