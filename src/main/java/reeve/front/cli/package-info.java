/// The command line: one file for each verb.
///
/// Owns: flags and help, reading manifests and `.env` from the caller's disk, tables, colours, exit codes. Never: server
/// rooms; what needs them (starting a node, checking without one) comes through [NodeServer], which Main hands in.
/// Invariants: only the verbs that are named on the command line are built, for `ps` must be fast; no stack trace reaches a
/// user; nothing a service wrote can move the terminal's cursor. One thread, but for what `up` prints while it serves.
@NullMarked
package reeve.front.cli;

import org.jspecify.annotations.NullMarked;
