/// Names, ids, specifications and observed states: plain data that every room understands.
///
/// Owns: the vocabulary of the glossary as types. Records validate themselves when they are made, so that a value that
/// exists is a value that is allowed. Never: behaviour beyond validation and formatting, IO, time, JSON (see `model.wire`).
/// Everything here is immutable and may be used on any thread.
@NullMarked
package reeve.model;

import org.jspecify.annotations.NullMarked;
