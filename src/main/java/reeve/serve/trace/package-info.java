/// Sends spans to a collector of OpenTelemetry's, as JSON over HTTP (OTLP/HTTP).
///
/// Owns: a bounded queue and one thread ([OtlpExporter]). Never: delays who hands in a span; tries a lost batch again.
/// Built only where a collector is configured.
@NullMarked
package reeve.serve.trace;

import org.jspecify.annotations.NullMarked;
