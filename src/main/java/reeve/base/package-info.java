/// What every loop is made of: time, timers, a mailbox with one owner, lanes for effects, back-off, ordered closing.
///
/// Owns: the only places that read a clock, sleep or draw randomness. Never: knowledge of services, routes or stores.
/// Rooms get all of it through their constructors, so that a test can hand them virtual time.
@NullMarked
package reeve.base;

import org.jspecify.annotations.NullMarked;
