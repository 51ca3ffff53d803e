/// Manifests: YAML in the vocabulary of the Compose Specification, read into [reeve.model.AppSpec].
///
/// Owns: the grammar, interpolation, and errors that name file, line, column, key and what is allowed; all errors of a file
/// at once. Never: IO (the caller hands in the text), defaults that depend on the machine, decisions.
@NullMarked
package reeve.declare.manifest;

import org.jspecify.annotations.NullMarked;
