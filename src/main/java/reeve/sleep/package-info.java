/// When a service may sleep, and how it wakes.
///
/// Owns: the idle, falling asleep, asleep and waking machine of each service, and the requests that wait for a wake.
/// Never: processes (it says what it wants through [DesiredState]) or connections (it asks [Traffic]).
/// Invariants: never put to sleep while a request is open; one wake for any number of requests; a failed wake answers
/// every waiting request once. Decisions are pure; one mailbox owns the state.
@NullMarked
package reeve.sleep;

import org.jspecify.annotations.NullMarked;
