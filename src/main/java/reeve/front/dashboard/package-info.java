/// Pages for people with a browser, or with curl; the status page is the first.
///
/// Owns: what the pages show and how they look, their templates (compiled at build time), their content security policy.
/// Never: who may see them (the API's guard), other sources than the API's client, anything loaded from elsewhere.
/// Called by the API's threads, many at a time; each call asks the node anew.
@NullMarked
package reeve.front.dashboard;

import org.jspecify.annotations.NullMarked;
