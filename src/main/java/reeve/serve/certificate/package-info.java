/// Which certificate answers, and when one is due to be renewed.
///
/// Owns: reading certificates and keys (PEM), choosing one by the name a client asks for (SNI), following files that change,
/// noticing certificates that end. Never: speaks TLS; that is `serve.proxy`, which asks a [CertificateChoice].
/// Invariants: a [CertificateTable] never changes; a pair of files that cannot be used never replaces one that can; private keys are
/// never printed.
/// Threads: [CertificateChoice] is asked by threads that shake hands, and answers from memory; [Certificates] looks at files on virtual
/// threads of its own, one look at a time.
@NullMarked
package reeve.serve.certificate;

import org.jspecify.annotations.NullMarked;
