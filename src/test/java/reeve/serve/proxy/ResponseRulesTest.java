package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;
import reeve.testing.RecordingBackend;

/// The rules of passing on an answer, each by its bytes on both sides.
@Tag("it")
@Timeout(20)
class ResponseRulesTest {
    private static final String DATE = "Date: now\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private final ProxyFixture fixture = new ProxyFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /// All bytes that the client gets for a request after which it wants no more.
    private String passed(String request, String answer) throws IOException {
        try (var backend = new RecordingBackend(_ -> answer); RawConnection client = fixture.to(backend.address()).connect()) {
            return client.send(request).readToEnd().replaceFirst("Date: \\w.*?\r\n", DATE);
        }
    }

    @Test
    @DisplayName("rule 1: fields of one hop stay here in answers, too")
    void fieldsOfOneHopStayHere() throws IOException {
        assertThat(passed(GET,
                "HTTP/1.1 200 OK\r\n" + DATE + "Connection: X-One\r\nX-One: 1\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n"
                + "Trailer: X\r\nUpgrade: h2c\r\nTE: x\r\nX-Two: 2\r\nContent-Length: 2\r\n\r\nhi"))
                .isEqualTo("HTTP/1.1 200 OK\r\n" + DATE + "X-Two: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    }

    @Test
    @DisplayName("rule 6: Expect: 100-continue is forwarded, 100 comes back, then the body passes")
    void expectIsForwarded() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            String head = c.readHead();
            c.send("HTTP/1.1 100 Continue\r\n\r\n");
            c.send(RawBackend.ok(head.contains("Expect: 100-continue\r\n") ? c.read(5) : "no"));
        }); RawConnection client = fixture.to(backend.address()).connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n".replace("100-C", "100-c"));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("hello").readMessage().body()).isEqualTo("hello");
        }
    }

    @Test
    @DisplayName("rule 6: where nobody can take the body, its final answer comes instead of 100, and the connection ends")
    void theFinalAnswerComesInsteadOf100() throws IOException {
        try (RawConnection client = fixture.connect()) { // no route
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("Connection")).isEqualTo("close");
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    @DisplayName("rule 6: another expectation is 417; HTTP/1.0 cannot expect anything")
    void anotherExpectationIs417() throws IOException {
        try (var backend = RecordingBackend.echo()) {
            fixture.to(backend.address());
            assertThat(fixture.ask("GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n").status()).isEqualTo(417);
            assertThat(backend.received()).isEmpty();
            assertThat(fixture.ask("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi").body()).isEqualTo("hi");
            assertThat(backend.only()).doesNotContain("Expect");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1, 'HTTP/1.1 102 \r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n'", "HTTP/1.0, ''"})
    @DisplayName("rule 7: interim answers pass to HTTP/1.1, never to HTTP/1.0; 100 only to who expects it")
    void interimAnswersPass(String version, String interim) throws IOException {
        assertThat(passed("GET / " + version + "\r\nHost: h\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "HTTP/1.1 103 Hints\r\nLink: </a>\r\nConnection: X\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
                .isEqualTo(interim.translateEscapes() + "HTTP/1.1 200 OK\r\n" + DATE
                        + "Content-Length: 2\r\nConnection: close\r\n\r\nhi");
    }

    @Test
    @DisplayName("rule 7: 101 that nobody asked for is 502")
    void a101ThatNobodyAskedFor() throws IOException {
        assertThat(passed(GET, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nframes"))
                .startsWith("HTTP/1.1 502 Bad Gateway\r\n").doesNotContain("frames");
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200, 'Content-Length: 1000\r\n', 'Content-Length: 1000\r\n'", "HEAD, 200, 'Transfer-Encoding: chunked\r\n', ''",
            "GET, 204, 'Content-Length: 5\r\n', ''", "GET, 204, 'Transfer-Encoding: chunked\r\n', ''",
            "GET, 304, 'Content-Length: 5\r\n', 'Content-Length: 5\r\n'", "GET, 304, 'Transfer-Encoding: chunked\r\n', ''"})
    @DisplayName("rule 8: no body to HEAD, 204 and 304, whatever they say; Content-Length stays with HEAD and 304 only")
    void noBody(String method, int status, String sent, String kept) throws IOException {
        assertThat(passed(method + " / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 " + status + " X\r\n" + sent.translateEscapes() + "\r\nhello"))
                .isEqualTo("HTTP/1.1 " + status + " X\r\n" + DATE + kept.translateEscapes() + "Connection: close\r\n\r\n");
    }

    @Test
    @DisplayName("rule 9: trailers of an answer pass to who takes them, but nothing that means something in a head")
    void trailersPassToWhoTakesThem() throws IOException {
        String answer = "HTTP/1.1 200 OK\r\nTrailer: Grpc-Status\r\nConnection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2;x\r\nhi\r\n0\r\n"
                + "Grpc-Status: 0\r\nSet-Cookie: evil=1\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nContent-Encoding: gzip\r\n"
                + "X-Hop: 1\r\n"
                + "Location: /evil\r\nWWW-Authenticate: x\r\nGrpc-Message:\r\n\r\n";
        assertThat(passed(GET.replace("\r\n\r\n", "\r\nTE: trailers\r\n\r\n"), answer))
                .isEqualTo("HTTP/1.1 200 OK\r\nTrailer: Grpc-Status\r\n" + DATE + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                        + "2\r\nhi\r\n0\r\nGrpc-Status: 0\r\nGrpc-Message:\r\n\r\n");
        assertThat(passed(GET, answer)).isEqualTo("HTTP/1.1 200 OK\r\n" + DATE
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        assertThat(passed("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n", answer)).isEqualTo("HTTP/1.1 200 OK\r\n" + DATE
                + "Connection: close\r\n\r\nhi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n"})
    @DisplayName("rule 10: an answer that was cut does not look whole")
    void anAnswerThatWasCut(String answer) throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send(answer);
        }); RawConnection client = fixture.to(backend.address()).connect()) {
            String got = client.send("GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n\r\n").readToEnd();
            assertThat(got).contains("hello").doesNotEndWith("0\r\n\r\n");
            assertThat(got.contains("Content-Length: 10") || got.contains("chunked")).isTrue();
        }
    }

    @Test
    @DisplayName("rule 10: to HTTP/1.0, where the end of a cut answer would look like its end, the connection is reset")
    void aCutAnswerToHttp10() throws IOException {
        try (var backend = RawBackend.serving((c, _) -> {
            c.readMessage();
            c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        }); RawConnection client = fixture.to(backend.address()).connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            String end;
            try {
                end = client.readToEnd();
            } catch (IOException e) {
                end = "reset";
            }
            assertThat(end).isEqualTo("reset");
        }
    }

    @Test
    @DisplayName("rule 10: what a backend sends behind its answer reaches nobody, and its connection is used no more")
    void whatIsSentBehindAnAnswer() throws IOException {
        try (var backend = new RecordingBackend(request -> "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
                + (request.target().equals("/1") ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil" : ""));
                RawConnection client = fixture.to(backend.address()).connect()) {
            assertThat(client.send(ProxyFixture.get("/1")).readMessage().body()).isEqualTo("hi");
            assertThat(client.send(ProxyFixture.get("/2")).readMessage().body()).isEqualTo("hi");
            assertThat(backend.received()).hasSize(2);
        }
    }
}
