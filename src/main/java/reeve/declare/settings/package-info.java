/// The node's configuration: one typed definition per setting, from which reading, checking, `--help` and docs are made.
///
/// Owns: names, types, defaults, precedence (flag over environment over file over default), errors with place, and reading
/// that one file. Never: acting on a setting, looking up `values` (a [ValueLookup] does), knowing the machine (a [Machine]
/// comes in). A new setting is one constant in [Definitions] and one component in [Settings]. Any thread.
@NullMarked
package reeve.declare.settings;

import org.jspecify.annotations.NullMarked;
