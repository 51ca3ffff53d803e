package reeve.base.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestHeadTest {
    private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);

    private HeadResult parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return head.parse(bytes, 0, bytes.length);
    }

    /// A head with one line more than it needs.
    private HeadResult parseWith(String line) {
        return parse("POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n");
    }

    @Test
    void aBrowsersHeadIsReadWhole() {
        String text = "GET /a/b?c=d&e HTTP/1.1\r\nHost: Wiki.Example.org:8080\r\nUser-Agent: Mozilla/5.0 (X11)\r\n"
                + "accept:text/html \t\r\nX-Empty:\r\n\r\n";
        assertThat(parse(text + "left over")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.to()).isEqualTo(text.length());
        assertThat(head.method()).isEqualTo(RequestHead.Method.GET);
        assertThat(head.target()).isEqualTo("/a/b?c=d&e");
        assertThat(head.path()).isEqualTo("/a/b");
        assertThat(head.query()).isEqualTo("c=d&e");
        assertThat(head.host()).isEqualTo("Wiki.Example.org");
        assertThat(head.port()).isEqualTo(8080);
        assertThat(head.body()).isEqualTo(BodyKind.NONE);
        assertThat(head.keepsAlive()).isTrue();
        assertThat(head.headers()).extracting(h -> h.name() + "=" + h.value()).containsExactly(
                "Host=Wiki.Example.org:8080", "User-Agent=Mozilla/5.0 (X11)", "accept=text/html", "X-Empty=");
        assertThat(head.header("ACCEPT")).contains("text/html");
        assertThat(head.header("nothing")).isEmpty();
    }

    @Test
    void everyPrefixOfAHeadNeedsMore() {
        String text = "\r\nPOST /x?y HTTP/1.1\r\nHost: a.b\r\nContent-Length: 12\r\nConnection: close, X-a\r\n\r\n";
        for (int length = 0; length < text.length(); length++) {
            assertThat(parse(text.substring(0, length))).as("first %d bytes", length).isEqualTo(HeadResult.Progress.NEED_MORE);
        }
        assertThat(parse(text)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.from()).isEqualTo(2);
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(head.keepsAlive()).isFalse();
        assertThat(head.othersListed()).isTrue();
    }

    @Test
    void oneHeadMayBeUsedForManyMessages() {
        assertThat(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n"))
                .isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.body()).isEqualTo(BodyKind.CHUNKED);
        assertThat(head.expectsContinue()).isTrue();
        assertThat(parse("GET /next HTTP/1.1\r\nHost: b\r\n\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.body()).isEqualTo(BodyKind.NONE);
        assertThat(head.keepsAlive()).isTrue();
        assertThat(head.expectsContinue()).isFalse();
        assertThat(head.count()).isEqualTo(1);
    }

    @Test
    void theAuthorityOfAnAbsoluteTargetOverridesHost() {
        assertThat(parse("GET http://A.example:81/p?q HTTP/1.1\r\nHost: b.example:82\r\n\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.host()).isEqualTo("A.example");
        assertThat(head.port()).isEqualTo(81);
        assertThat(head.path()).isEqualTo("/p");
        assertThat(head.isAbsolute()).isTrue();
        assertThat(parse("GET HTTPS://a?q HTTP/1.1\r\nHost: b:82\r\n\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.path()).isEmpty();
        assertThat(head.query()).isEqualTo("q");
        assertThat(head.port()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"1, '', true", "1, close, false", "1, 'x, Close', false", "0, '', false", "0, keep-alive, true",
            "0, 'keep-alive, close', false"})
    void theVersionAndConnectionSayWhetherToKeepAlive(int minor, String connection, boolean expected) {
        String line = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
        assertThat(parse("GET / HTTP/1." + minor + "\r\nHost: a\r\n" + line + "\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.keepsAlive()).isEqualTo(expected);
    }

    @Test
    void namesListedInConnectionAreFound() {
        assertThat(parseWith("Connection: close , X-secret,keep-alive\r\nx-SECRET: 1\r\nx-secre: 2"))
                .isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.listedInConnection(2)).isTrue();
        assertThat(head.listedInConnection(3)).isFalse();
        assertThat(head.known(2)).isEqualTo(KnownHeader.OTHER);
    }

    @ParameterizedTest
    @CsvSource({"Host, HOST", "content-LENGTH, CONTENT_LENGTH", "X-Forwarded-For, X_FORWARDED",
            "x-forwarded-some-long-thing-of-somebody-else, X_FORWARDED",
            "X_Forwarded_For, UNDERSCORE_TWIN", "Content_Length, UNDERSCORE_TWIN", "X-Real_IP, UNDERSCORE_TWIN",
                    "transfer_encoding, UNDERSCORE_TWIN",
            "x_forwarded-some-long-thing-of-somebody-else, UNDERSCORE_TWIN", "my_header, OTHER", "x-forwarded-, OTHER", "Proxy, PROXY",
                    "Prox, OTHER",
            "HTTP2-Settings, HTTP2_SETTINGS", "h, OTHER"})
    void headersThatAForwarderTreatsAreRecognised(String name, KnownHeader expected) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        assertThat(KnownHeader.of(bytes, 0, bytes.length)).isEqualTo(expected);
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET //a//b/../c HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%00%2f{}|\\^\"<> HTTP/1.1\r\nHost: a\r\n\r\n",
                "M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.example.\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a_b.c-d:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\ta\t \r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 00012\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: caf\u00e9\ttab\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~9: x\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nExpect: nonsense\r\n\r\n",
                "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n").map(Arguments::arguments);
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String text) {
        assertThat(parse(text)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.to()).isEqualTo(text.length());
    }

    private static Arguments startLine(int status, String line) {
        return arguments(status, line + "\r\nHost: a\r\n\r\n");
    }

    private static Arguments line(int status, String line) {
        return arguments(status, "POST / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n");
    }

    private static Arguments host(String hostLines) {
        return arguments(400, "GET / HTTP/1.1\r\n" + hostLines + "\r\n\r\n");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                // start line (rule 4)
                startLine(400, "GET  / HTTP/1.1"), startLine(400, "GET /  HTTP/1.1"), startLine(400, "GET / HTTP/1.1 "),
                        startLine(400, " GET / HTTP/1.1"),
                startLine(400, "GET\t/ HTTP/1.1"), startLine(400, "GET /"), startLine(400, "GET / http/1.1"),
                        startLine(400, "GET / HTTP/1.1x"),
                startLine(400, "GET / HTTP/1"), startLine(400, "GET / HTTP/11"), startLine(400, "GET / HTTP/1.x"),
                        startLine(400, "GET / XTTP/1.1"),
                startLine(505, "GET / HTTP/2.0"), startLine(505, "GET / HTTP/1.2"), startLine(505, "GET / HTTP/0.9"),
                        startLine(505, "PRI * HTTP/2.0"),
                startLine(400, "G(T / HTTP/1.1"), startLine(400, "G\u00cbT / HTTP/1.1"), startLine(400, "\u0016\u0003\u0001"),
                        startLine(400, "GET /a#b HTTP/1.1"),
                startLine(400, "GET /a\u0000b HTTP/1.1"), startLine(400, "GET /a\u007fb HTTP/1.1"), startLine(400, "GET /a\u00e9 HTTP/1.1"),
                startLine(400, "GET /a b HTTP/1.1"), startLine(400, "GET a HTTP/1.1"), startLine(400, "GET * HTTP/1.1"),
                        startLine(400, "OPTIONS ** HTTP/1.1"),
                startLine(400, "GET ftp://a/ HTTP/1.1"), startLine(400, "GET a:80 HTTP/1.1"), startLine(400, "GET http:///x HTTP/1.1"),
                startLine(400, "GET http://u@a/ HTTP/1.1"), startLine(400, "GET http://u:p@a/ HTTP/1.1"),
                        startLine(400, "GET http://a:x/ HTTP/1.1"),
                startLine(400, "GET http:/a HTTP/1.1"), startLine(400, "GET ?a HTTP/1.1"), startLine(501, "CONNECT a:443 HTTP/1.1"),
                        startLine(501, "CONNECT /x HTTP/1.1"),
                startLine(400, "GET / HTTP/1.1\rX: y"), arguments(400, "GET / HTTP/1.1\nHost: a\n\n"),
                        arguments(400, "GET / HTTP/1.1\r\rHost: a\r\n\r\n"),
                arguments(400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), arguments(400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                        arguments(400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
                // header lines (rule 4)
                line(400, " X: folded first"), line(400, "X: y\r\n folded"), line(400, "X: y\r\n\tfolded"), line(400, "X : y"),
                        line(400, "X\t: y"), line(400, ": y"),
                line(400, "X"), line(400, "X y"), line(400, "X(: y"), line(400, "X\u00e9: y"), line(400, "X\u0000: y"),
                        line(400, "X: a\u0000b"), line(400, "X: a\u000bb"),
                line(400, "X: a\u007f"), line(400, "X: a\rb"), line(400, "X: a\nY: b"), line(400, "X: a\n"), line(400, "X: a\r\r\nY: b"),
                        line(400, "X: \u001b[31m"),
                line(400, "\u00a0X: y"), line(400, "Content-Length : 5"), line(400, "Transfer-Encoding\u000b: chunked"),
                // Content-Length (rule 2)
                line(400, "Content-Length: 5\r\nContent-Length: 6"), line(400, "Content-Length: 5\r\nContent-Length: 5"),
                        line(400, "Content-Length: 5, 5"),
                line(400, "Content-Length: 1, 2"), line(400, "Content-Length: +5"), line(400, "Content-Length: -5"),
                        line(400, "Content-Length: 0x5"),
                line(400, "Content-Length: 5_0"), line(400, "Content-Length:"), line(400, "Content-Length: 5 5"),
                        line(400, "Content-Length: 5.0"), line(400, "Content-Length: 5e1"),
                line(400, "Content-Length: 9223372036854775808"), line(400, "Content-Length: 18446744073709551621"),
                        line(400, "Content-Length: 99999999999999999999999"),
                line(400, "Content-Length: \u0665"), line(400, "Content-Length: 5;"), line(400, "Content-Length: \"5\""),
                        line(400, "content-length: 5\r\nCONTENT-LENGTH: 0"),
                // Transfer-Encoding (rule 2)
                line(400, "Transfer-Encoding: chunked\r\nContent-Length: 5"), line(400, "Content-Length: 5\r\nTransfer-Encoding: chunked"),
                line(400, "Content-Length: 0\r\nTransfer-Encoding: chunked"), line(400, "Transfer-Encoding: gzip"),
                        line(400, "Transfer-Encoding: chunked, gzip"),
                line(400, "Transfer-Encoding: chunked, chunked"), line(400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
                line(400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
                        line(501, "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"),
                line(501, "Transfer-Encoding: gzip, chunked"), line(501, "Transfer-Encoding: identity"),
                        line(501, "Transfer-Encoding: xchunked"),
                line(501, "Transfer-Encoding: chunked;q=1"), line(501, "Transfer-Encoding: \"chunked\""), line(501, "Transfer-Encoding:"),
                        line(501, "Transfer-Encoding: ,chunked"),
                line(400, "Transfer-Encoding: \u000bchunked"), line(400, "Transfer-Encoding: chunked\u0000"),
                        line(501, "Transfer-Encoding: chunked foo"),
                line(501, "Transfer-Encoding: 'chunked'"), line(501, "Transfer-Encoding: chunk ed"), line(501, "Transfer-Encoding: \u00ff"),
                arguments(400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
                        arguments(400, "POST / HTTP/1.0\r\nTransfer-Encoding: identity\r\n\r\n"),
                // Host (rule 5)
                host("X: y"), host("Host: a\r\nHost: a"), host("Host: a\r\nHost: b"), host("Host:"), host("Host: "), host("Host: a b"),
                        host("Host: u@a"), host("Host: u:p@a"),
                host("Host: a/b"), host("Host: a?b"), host("Host: a#b"), host("Host: a\\b"), host("Host: a:b"), host("Host: a:80:80"),
                        host("Host: a:65536"), host("Host: a:123456"),
                host("Host: a:-1"), host("Host: .a"), host("Host: a..b"), host("Host: ."), host("Host: a, b"), host("Host: [::1"),
                        host("Host: ::1"), host("Host: [::1]x"),
                host("Host: []"), host("Host: [::g]"), host("Host: http://a"), host("Host: a%00"), host("Host: \u00e9"), host("Host: :80"),
                        host("Host: " + "a".repeat(255)),
                host("Host : a"), host(" Host: a"), arguments(400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
                        arguments(400, "GET http://a/ HTTP/1.1\r\n\r\n"),
                arguments(400, "GET http://a/ HTTP/1.1\r\nHost: u@b\r\n\r\n"),
                        arguments(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
                // Expect (rule 6)
                line(417, "Expect: 200-ok"), line(417, "Expect: 100-continue, x"), line(417, "Expect:"),
                        line(417, "Expect: x\r\nExpect: 100-continue"));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("PROMISE-4: what two receivers could read differently is refused")
    void refused(int status, String text) {
        assertThat(parse(text)).isInstanceOfSatisfying(HeadResult.Bad.class, bad -> {
            assertThat(bad.status()).isEqualTo(status);
            assertThat(bad.reason()).isNotBlank();
        });
    }

    @Test
    void aHeadThatIsTooLargeIs431() {
        var small = new RequestHead(new HeadLimits(256, 3));
        byte[] unfinished = ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(300)).getBytes(StandardCharsets.US_ASCII);
        assertThat(small.parse(unfinished, 0, 255)).isEqualTo(HeadResult.Progress.NEED_MORE);
        assertThat(small.parse(unfinished, 0, 256))
                .isInstanceOfSatisfying(HeadResult.Bad.class, bad -> assertThat(bad.status()).isEqualTo(431));
        byte[] finished = ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(300) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        assertThat(small.parse(finished, 0, finished.length))
                .isInstanceOfSatisfying(HeadResult.Bad.class, bad -> assertThat(bad.status()).isEqualTo(431));
        byte[] many = "GET / HTTP/1.1\r\nHost: a\r\na:\r\nb:\r\nc:\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(small.parse(many, 0, many.length))
                .isInstanceOfSatisfying(HeadResult.Bad.class, bad -> assertThat(bad.status()).isEqualTo(431));
    }

    @Test
    void aHundredHeadersFit() {
        assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\n" + "x: y\r\n".repeat(99) + "\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.count()).isEqualTo(100);
        assertThat(head.value(99)).isEqualTo("y");
    }

    @ParameterizedTest
    @CsvSource({"Upgrade, true", "'keep-alive, upgrade', true", "keep-alive, false"})
    void anUpgradeMustBeListedInConnection(String connection, boolean expected) {
        assertThat(parseWith("Connection: " + connection + "\r\nUpgrade: websocket")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.asksUpgrade()).isEqualTo(expected);
    }
}
