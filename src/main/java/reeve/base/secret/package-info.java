/// Secrets: read from files, made once, compared in constant time, never printed.
///
/// Owns: reading a secret file within a bound, and making the admin token at first start. Never: a secret in a message, a log,
/// an argument or Reeve's own environment. Any thread; reading blocks for IO.
@NullMarked
package reeve.base.secret;

import org.jspecify.annotations.NullMarked;
