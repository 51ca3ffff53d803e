/// Compresses: gzip by the JDK, Brotli and Zstandard by native libraries.
///
/// Owns: the libraries, which are loaded when a coding of theirs is first asked for, on a thread of their own. Never: decides what is
/// compressed. Where a native library cannot be loaded (another processor, no room to unpack it), its coding is not offered.
/// Called by `serve.proxy` on its event loops.
@NullMarked
package reeve.serve.compress;

import org.jspecify.annotations.NullMarked;
