package reeve.serve.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.RouteEdge;
import reeve.serve.edge.Span;
import reeve.serve.proxy.ProxyNotes.Believed;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Tag("it")
@Timeout(30)
class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    private ProxyFixture fixture(Believed believed, double share) {
        return new ProxyFixture(new SystemTime(), settings -> settings.withNotes(ProxyNotes.STANDARD
                .withTraces(new ProxyNotes.Traces(believed, share, spans::add))));
    }

    /// @return the head that the backend got
    private static String forwarded(ProxyFixture fixture, String sent) throws IOException {
        try (fixture; var backend = RawBackend.answering(_ -> RawBackend.ok("x"))) {
            fixture.to(backend.address()).ask("GET /p?secret HTTP/1.1\r\nHost: a.example:80\r\n" + sent + "\r\n");
            return backend.requests().getFirst().head();
        }
    }

    @Test
    void aTraceIsGoneOnWith() throws IOException {
        String head = forwarded(fixture(Believed.ANYBODY, 0), "Traceparent: 00-" + TRACE + "-" + SPAN + "-01\r\ntracestate: a=b\r\n");
        assertThat(head).containsPattern("\r\ntraceparent: 00-" + TRACE + "-[0-9a-f]{16}-01\r\n").contains("tracestate: a=b\r\n")
                .doesNotContain(SPAN);
        await().until(() -> spans.size() == 1);
        Span span = spans.getFirst();
        assertThat(head).contains(TRACE + "-" + span.id());
        assertThat(span.traceId()).isEqualTo(TRACE);
        assertThat(span.parent()).isEqualTo(Optional.of(SPAN));
        assertThat(List.of(span.method(), span.path(), span.host(), span.client(), span.route(), span.status()))
                .isEqualTo(List.of("GET", "/p", "a.example", "127.0.0.1", "*/", 200));
        assertThat(span.lasted()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
    }

    @Test
    void whatTheClientDoesNotRecordIsNotRecorded() throws IOException {
        String head = forwarded(fixture(Believed.ANYBODY, 1), "traceparent: 00-" + TRACE + "-" + SPAN + "-00\r\n");
        assertThat(head).containsPattern("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-00\r\n");
        assertThat(spans).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-" + TRACE + "-" + SPAN, "ff-" + TRACE + "-" + SPAN + "-01", "00-" + TRACE + "-" + SPAN + "-01-x",
        "00-00000000000000000000000000000000-" + SPAN + "-01", "00-" + TRACE + "-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-" + SPAN + "-01", "01-" + TRACE + "-" + SPAN + "-01x",
        "00-" + TRACE + "-" + SPAN + "-01\r\ntraceparent: 00-" + TRACE + "-" + SPAN + "-01"})
    void whatIsNoTraceBeginsAnotherOne(String sent) throws IOException {
        String head = forwarded(fixture(Believed.ANYBODY, 1), "traceparent: " + sent + "\r\ntracestate: a=b\r\n");
        assertThat(head).containsOnlyOnce("traceparent").containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n")
                .doesNotContain(TRACE, "tracestate");
        await().until(() -> spans.size() == 1);
        assertThat(spans.getFirst().parent()).isEmpty();
    }

    @Test
    void aLaterVersionIsRead() throws IOException {
        assertThat(forwarded(fixture(Believed.ANYBODY, 0), "traceparent: 01-" + TRACE + "-" + SPAN + "-01-more\r\n"))
                .contains("traceparent: 00-" + TRACE);
    }

    @Test
    void whoIsNotBelievedBeginsATrace() throws IOException {
        assertThat(forwarded(fixture(Believed.TRUSTED, 0), "traceparent: 00-" + TRACE + "-" + SPAN + "-01\r\n"))
                .doesNotContain(TRACE).containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00\r\n");
        assertThat(spans).isEmpty();
    }

    @Test
    void withoutTracingWhatClientsSayPasses() throws IOException {
        assertThat(forwarded(new ProxyFixture(), "traceparent: whatever\r\ntracestate: a=b\r\n"))
                .contains("traceparent: whatever\r\ntracestate: a=b\r\n");
    }

    @Test
    void clientsAreToldWhatTookHowLongWhereTheRouteSaysSo() throws IOException {
        try (var fixture = new ProxyFixture(); var backend = RawBackend.answering(_ -> RawBackend.ok("x"))) {
            RawConnection.Message answer = EdgeFixture.route(fixture, RouteEdge.NONE.withTiming(), backend.address())
                    .ask(ProxyFixture.get("/"));
            assertThat(answer.header("Server-Timing")).matches("connect;dur=\\d+\\.\\d{3}, backend;dur=\\d+\\.\\d{3}");
        }
    }
}
