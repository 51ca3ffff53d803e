package reeve.base.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Tag;

/// Properties that hold for all bytes whatever.
@Tag("fuzz")
class HeadFuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(4096, 20);

    @FuzzTest(maxDuration = "10s")
    void anAcceptedRequestIsUnambiguous(byte[] bytes) {
        var head = new RequestHead(LIMITS);
        if (head.parse(bytes, 0, bytes.length) != HeadResult.Progress.COMPLETE) {
            return;
        }
        String text = new String(bytes, 0, head.to(), StandardCharsets.ISO_8859_1);
        assertThat(text).endsWith("\r\n\r\n").matches("(?s)[\\t\\r\\n -~\\x80-\\xff]*");
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(head.headers().stream().filter(h -> h.name().toLowerCase(Locale.ROOT).equals("host")).count())
                .isBetween(head.minorVersion() == 1 ? 1L : 0L, 1L);
        assertThat(head.contentLength() >= 0 && head.body() == BodyKind.CHUNKED).isFalse();
        for (int to = 0; to < head.to(); to++) {
            assertThat(new RequestHead(LIMITS).parse(bytes, 0, to)).isEqualTo(HeadResult.Progress.NEED_MORE);
        }
        assertWrittenAgainReadsTheSame(head);
    }

    private static void assertWrittenAgainReadsTheSame(RequestHead head) {
        var again = new StringBuilder(head.methodText() + " " + head.target() + " HTTP/1." + head.minorVersion() + "\r\n");
        head.headers().forEach(h -> again.append(h.name()).append(": ").append(h.value()).append("\r\n"));
        byte[] written = again.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        var second = new RequestHead(new HeadLimits(8192, 20));
        assertThat(second.parse(written, 0, written.length)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(second.headers()).isEqualTo(head.headers());
        assertThat(second.host()).isEqualTo(head.host());
        assertThat(second.body()).isEqualTo(head.body());
        assertThat(second.contentLength()).isEqualTo(head.contentLength());
    }

    @FuzzTest(maxDuration = "10s")
    void aResponseIsReadOrRefused(byte[] bytes) {
        var head = new ResponseHead(LIMITS);
        switch (head.parse(bytes, 0, bytes.length)) {
            case HeadResult.Progress.COMPLETE -> assertThat(head.status()).isBetween(100, 999);
            case HeadResult.Progress.NEED_MORE -> assertThat(bytes.length).isLessThan(4096);
            case HeadResult.Bad(int status, String reason) -> assertThat(status).as(reason).isEqualTo(502);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void piecesOfAChunkedBodyReadAsTheWhole(byte[] bytes) {
        var whole = new ChunkScannerTest.Found();
        var scanner = new ChunkScanner();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        HeadResult result = scanner.scan(in, whole);
        var pieces = new ChunkScannerTest.Found();
        scanner.reset();
        HeadResult last = HeadResult.Progress.NEED_MORE;
        int read = 0;
        while (read < bytes.length && last == HeadResult.Progress.NEED_MORE) {
            last = scanner.scan(ByteBuffer.wrap(bytes, read, 1), pieces);
            read++;
        }
        assertThat(last).isEqualTo(result);
        assertThat(pieces.data).hasToString(whole.data.toString());
        if (result == HeadResult.Progress.COMPLETE) {
            assertThat(read).isEqualTo(in.position());
        }
    }
}
