/// The kernel: signals, process facts, pidfds, cgroups, service notification, peer credentials.
///
/// Owns: every foreign-function call of the program (`java.lang.foreign` on the C library; nothing else may suppress
/// `restricted` warnings) and every read of `/proc` and the cgroup trees. Never: knowledge of services or instances; waiting
/// without a bound. Works on Linux, x86-64 and arm64. Calls are short and may be made on virtual threads; the one
/// platform thread belongs to [reeve.base.os.PidWatch].
@NullMarked
package reeve.base.os;

import org.jspecify.annotations.NullMarked;
