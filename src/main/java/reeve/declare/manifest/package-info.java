/// Manifests: YAML in the vocabulary of the Compose Specification, read into [reeve.model.AppSpec].
///
/// Owns: which keys there are and what they mean, Compose's interpolation, and errors that name file, line, column, key and
/// what is allowed; all errors of a file at once. Never: IO (the caller hands in the text), defaults that depend on the
/// machine, decisions. Reads in three steps: [reeve.declare.yaml] makes the tree, `ServiceReader` and `AppReader` give it
/// types, `Consistency` looks at what only the whole app shows. Pure; any thread.
@NullMarked
package reeve.declare.manifest;

import org.jspecify.annotations.NullMarked;
