package reeve.serve.trace;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.base.SystemTime;
import reeve.serve.edge.Span;
import reeve.testing.RawBackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class OtlpExporterTest {
    private static final Span SPAN = new Span("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", Optional.of("00f067aa0ba902b7"),
            "GET", "/a\"b", "http", "a.example", "127.0.0.1", "a.example/", "10.0.0.1:80", 502, Instant.ofEpochSecond(2, 5_000_000),
            Duration.ofMillis(10), Duration.ofMillis(3));

    @Test
    void aSpanIsWrittenAsTheProtocolSays() {
        assertThat(new String(OtlpJson.of(List.of(SPAN), "node-1", "1.0"), StandardCharsets.UTF_8)).isEqualTo("""
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"reeve"}},\
                {"key":"service.version","value":{"stringValue":"1.0"}},{"key":"service.instance.id","value":{"stringValue":"node-1"}}]},\
                "scopeSpans":[{"scope":{"name":"reeve.proxy"},"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c",\
                "spanId":"b7ad6b7169203331","parentSpanId":"00f067aa0ba902b7","name":"GET a.example/","kind":2,\
                "startTimeUnixNano":"1995000000","endTimeUnixNano":"2005000000","attributes":[\
                {"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"url.path","value":{"stringValue":"/a\\"b"}},\
                {"key":"url.scheme","value":{"stringValue":"http"}},{"key":"server.address","value":{"stringValue":"a.example"}},\
                {"key":"client.address","value":{"stringValue":"127.0.0.1"}},{"key":"http.route","value":{"stringValue":"a.example/"}},\
                {"key":"reeve.backend","value":{"stringValue":"10.0.0.1:80"}},\
                {"key":"http.response.status_code","value":{"intValue":"502"}},{"key":"reeve.held_ms","value":{"intValue":"3"}}],\
                "status":{"code":2}}]}]}]}""");
    }

    @Test
    @Tag("it")
    void spansReachTheCollector() throws Exception {
        try (var time = new SystemTime(); var collector = RawBackend.answering(_ -> RawBackend.ok("{}"));
                var exporter = new OtlpExporter(URI.create("http://" + collector.address()), "node-1", "1.0", time)) {
            exporter.ended(SPAN);
            exporter.ended(SPAN);
            await().until(() -> exporter.sent() == 2);
            assertThat(collector.requests().getFirst().head()).startsWith("POST /v1/traces HTTP/1.1\r\n")
                    .contains("Content-Type: application/json\r\n");
            assertThat(collector.requests().getFirst().body()).startsWith("{\"resourceSpans\":[");
            assertThat(exporter.dropped()).isZero();
        }
    }

    @Test
    @Tag("it")
    void whatNobodyTakesIsDroppedAndCountedAndDelaysNobody() throws Exception {
        try (var time = new SystemTime(); var deaf = RawBackend.serving((c, _) -> c.readToEnd());
                var exporter = new OtlpExporter(URI.create("http://" + deaf.address() + "/v1/traces"), "node-1", "1.0", time)) {
            for (int i = 0; i < 20_000; i++) {
                exporter.ended(SPAN);
            }
            assertThat(exporter.dropped()).isGreaterThan(10_000);
            assertThat(exporter.sent()).isZero();
        }
    }
}
