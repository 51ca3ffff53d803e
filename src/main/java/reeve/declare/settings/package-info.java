/// The node's configuration: one typed definition per setting, from which reading, checking, `--help` and docs are made.
///
/// Owns: names, types, defaults, precedence (flag over file over default), errors with place. Never: acting on a setting.
@NullMarked
package reeve.declare.settings;

import org.jspecify.annotations.NullMarked;
