/// When a service may sleep, and how it wakes.
///
/// Owns: the idle, falling asleep, asleep and waking machine of each service, and the requests that wait for a wake.
/// Never: processes (it says what it wants through [DesiredState]) or connections (it asks [Traffic]).
///
/// Read it in this order: [State], [Event], [Effect]; [SleepPolicy], which decides; [Sleeper], the loop that acts; [SleepInbox],
/// what everybody else holds.
///
/// Invariants: never put to sleep while a request is open; requests are let through only once reconcile has seen it awake; one
/// wake for any number of requests; every waiting request is answered once, also by a wake that fails.
///
/// Threads: the proxy's event loops call [WakeGate#await], reconcile's loop reports what it sees, the API asks and reads; all
/// through [SleepInbox], and none of them waits. One thread, the sleeper's, owns the state and calls the ports.
@NullMarked
package reeve.sleep;

import org.jspecify.annotations.NullMarked;
