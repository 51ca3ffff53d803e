package reeve.serve.trace;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import reeve.serve.edge.Span;

/// `ExportTraceServiceRequest` in OTLP's JSON encoding: ids in hexadecimal, 64-bit numbers as text, enumerations as numbers
/// (OTLP specification, JSON Protobuf encoding).
final class OtlpJson {
    private static final int SERVER = 2;
    private static final int ERROR = 2;

    private final StringBuilder out = new StringBuilder();
    private boolean first = true;

    private OtlpJson() {}

    /// @param node    that the spans are from
    /// @param version of Reeve
    static byte[] of(List<Span> spans, String node, String version) {
        var json = new OtlpJson();
        json.out.append("{\"resourceSpans\":[{\"resource\":{\"attributes\":[");
        json.text("service.name", "reeve");
        json.text("service.version", version);
        json.text("service.instance.id", node);
        json.out.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"reeve.proxy\"},\"spans\":[");
        for (int i = 0; i < spans.size(); i++) {
            json.out.append(i == 0 ? "" : ",");
            json.span(spans.get(i));
        }
        return json.out.append("]}]}]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void span(Span span) {
        out.append("{\"traceId\":\"").append(span.traceId()).append("\",\"spanId\":\"").append(span.id()).append('"');
        span.parent().ifPresent(parent -> out.append(",\"parentSpanId\":\"").append(parent).append('"'));
        out.append(",\"name\":");
        quoted(span.route().isEmpty() ? span.method() : span.method() + " " + span.route());
        out.append(",\"kind\":").append(SERVER);
        out.append(",\"startTimeUnixNano\":\"").append(nanos(span.ended().minus(span.lasted())));
        out.append("\",\"endTimeUnixNano\":\"").append(nanos(span.ended())).append("\",\"attributes\":[");
        first = true;
        text("http.request.method", span.method());
        text("url.path", span.path());
        text("url.scheme", span.scheme());
        text("server.address", span.host());
        text("client.address", span.client());
        text("http.route", span.route());
        text("reeve.backend", span.backend());
        number("http.response.status_code", span.status());
        if (!span.held().isZero()) {
            number("reeve.held_ms", span.held().toMillis());
        }
        out.append(']');
        if (span.status() >= 500) {
            out.append(",\"status\":{\"code\":").append(ERROR).append('}');
        }
        out.append('}');
    }

    private static String nanos(Instant at) {
        return at.getEpochSecond() + String.format("%09d", at.getNano());
    }

    private void text(String key, String value) {
        if (!value.isEmpty()) {
            key(key);
            out.append("\"stringValue\":");
            quoted(value);
            out.append("}}");
        }
    }

    private void number(String key, long value) {
        key(key);
        out.append("\"intValue\":\"").append(value).append("\"}}");
    }

    private void key(String key) {
        out.append(first ? "" : ",").append("{\"key\":\"").append(key).append("\",\"value\":{");
        first = false;
    }

    private void quoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
