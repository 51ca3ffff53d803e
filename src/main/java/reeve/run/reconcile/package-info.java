/// Desired against observed: which instances should exist, in which order they start and stop, and what the proxy is told.
///
/// Owns: the apps, their instances' machines, their order, the source "apps" of routes, the sleep room's port
/// [reeve.sleep.DesiredState]. Never: processes (through [reeve.run.supervise.Driver] only), YAML, HTTP.
/// One mailbox owns all state; effects run in a lane per instance; what users asked is durable before it is acted on.
@NullMarked
package reeve.run.reconcile;

import org.jspecify.annotations.NullMarked;
