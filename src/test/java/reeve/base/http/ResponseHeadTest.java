package reeve.base.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    private final ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);

    private HeadResult parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return head.parse(bytes, 0, bytes.length);
    }

    @Test
    void everyPrefixNeedsMore() {
        String text = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX: y\r\n\r\n";
        for (int length = 0; length < text.length(); length++) {
            assertThat(parse(text.substring(0, length))).as("first %d bytes", length).isEqualTo(HeadResult.Progress.NEED_MORE);
        }
        assertThat(parse(text + "abc")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.to()).isEqualTo(text.length());
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.reason()).isEqualTo("Not Found");
        assertThat(head.contentLength()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"200, 'Content-Length: 5', false, LENGTH", "200, 'Content-Length: 0', false, NONE", "200, 'X: y', false, UNTIL_CLOSE",
            "200, 'Transfer-Encoding: chunked', false, CHUNKED", "200, 'Content-Length: 5', true, NONE",
                    "200, 'Transfer-Encoding: chunked', true, NONE",
            "204, 'Content-Length: 5', false, NONE", "304, 'Content-Length: 5', false, NONE",
                    "304, 'Transfer-Encoding: chunked', false, NONE",
            "103, 'Link: x', false, NONE", "999, 'X: y', false, UNTIL_CLOSE"})
    void theBodyEndsWhereStatusMethodAndHeadersSay(int status, String line, boolean answersHead, BodyKind expected) {
        assertThat(parse("HTTP/1.1 " + status + " x\r\n" + line + "\r\n\r\n")).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.body(answersHead)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings =
            {"HTTP/1.1 200 \r\n\r\n", "HTTP/1.1 200\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 caf\u00e9 \t ok\r\n\r\n"})
    void odditiesThatDoNoHarmAreAccepted(String text) {
        assertThat(parse(text)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(head.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings =
            {"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
                    "HTTP/1.1 200 O\u0000K\r\n\r\n",
            "HTTP/1.1 200 OK\n\n\n", "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: nonsense\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "\r\nHTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\n\r\n", "<html>no head at all</html>"})
    @DisplayName("PROMISE-4: an answer that two receivers could read differently is refused with 502")
    void hostileAnswersAreRefused(String text) {
        assertThat(parse(text)).isInstanceOfSatisfying(HeadResult.Bad.class, bad -> assertThat(bad.status()).isEqualTo(502));
    }
}
