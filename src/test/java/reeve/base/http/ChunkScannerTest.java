package reeve.base.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkScannerTest {

    /// What a scan found, piece by piece.
    static final class Found implements ChunkScanner.Parts {
        final StringBuilder data = new StringBuilder();
        final StringBuilder extra = new StringBuilder();

        @Override
        public void data(ByteBuffer in, int from, int to) {
            add(data, in, from, to);
        }

        @Override
        public void extension(ByteBuffer in, int from, int to) {
            add(extra, in, from, to);
        }

        @Override
        public void trailer(ByteBuffer in, int from, int to) {
            add(extra, in, from, to);
        }

        private static void add(StringBuilder to, ByteBuffer in, int from, int end) {
            for (int i = from; i < end; i++) {
                to.append((char) (in.get(i) & 0xff));
            }
        }
    }

    private final ChunkScanner scanner = new ChunkScanner();
    private final Found found = new Found();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void dataIsFoundAndWhatFollowsIsLeft() {
        ByteBuffer in = bytes("5\r\nhello\r\n00A\r\n, chunked!\r\n0\r\n\r\nGET /next");
        assertThat(scanner.scan(in, found)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(found.data).hasToString("hello, chunked!");
        assertThat(in.remaining()).isEqualTo("GET /next".length());
    }

    @Test
    void extensionsAndTrailersAreExtra() {
        ByteBuffer in = bytes("5;a;b=c;d=\"x\\\"\t;y\"\r\nhello\r\n0;last\r\nTrailer: t\r\nB:\r\n\r\n");
        assertThat(scanner.scan(in, found)).isEqualTo(HeadResult.Progress.COMPLETE);
        assertThat(found.data).hasToString("hello");
        assertThat(found.extra).hasToString(";a;b=c;d=\"x\\\"\t;y\";lastTrailer: t\r\nB:\r\n");
    }

    @Test
    void piecesOfAnySizeGiveTheSameResult() {
        String body = "5;x=\"a;b\"\r\nhello\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n";
        for (int size = 1; size < body.length(); size++) {
            var pieces = new Found();
            scanner.reset();
            HeadResult last = HeadResult.Progress.NEED_MORE;
            for (int at = 0; at < body.length(); at += size) {
                assertThat(last).isEqualTo(HeadResult.Progress.NEED_MORE);
                last = scanner.scan(bytes(body.substring(at, Math.min(body.length(), at + size))), pieces);
            }
            assertThat(last).isEqualTo(HeadResult.Progress.COMPLETE);
            assertThat(pieces.data).hasToString("helloabc");
            assertThat(pieces.extra).hasToString(";x=\"a;b\"T: v\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings =
            {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1_0\r\n", " 1\r\n", "1 \r\nx", "1\t\r\n", "1\nx", "1\rx", "1\r\rx",
            "1\r\nxy\r\n", "1\r\nx\n", "1\r\nx\r\r",
            "1\r\nx\ry", "5 ;a\r\n", "5; a\r\n", "5;\r\n", "5;;\r\n", "5;a=\r\n", "5;a=\"b\n\"\r\n", "5;a=\"b\r\n\"\r\n",
                    "5;a=\"\u0000\"\r\n", "5;a=\"b\"c\r\n", "5;a\nGET",
            "5;a\rX", "5;\u0000\r\n", "5,\r\n", "80000000\r\n", "100000001\r\n", "8000000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n",
                    "00000000000000001\r\n",
                    "10000000000000000\r\n", "0\r\nT\r\n", "0\r\nT : v\r\n",
            "0\r\n T: v\r\n", "0\r\nT: v\n", "0\r\nT: a\rb", "0\r\nT: a\u0000", "0\r\n: v\r\n", "0\r\n\n", "0\r\n\rx",
                    "0\r\nT: v\r\n folded\r\n", "\u0661\r\n", "5;a=\"\\\n\"\r\n"})
    @DisplayName("PROMISE-4: chunked framing that two receivers could read differently is refused")
    void refused(String body) {
        assertThat(scanner.scan(bytes(body), found)).isInstanceOfSatisfying(HeadResult.Bad.class, bad -> {
            assertThat(bad.status()).isEqualTo(400);
            assertThat(bad.reason()).isNotBlank();
        });
        assertThat(scanner.scan(bytes("0\r\n\r\n"), found)).as("stays bad").isInstanceOf(HeadResult.Bad.class);
    }

    @Test
    void extensionsAndTrailersAreBounded() {
        assertThat(scanner.scan(bytes("1;" + "a".repeat(17_000)), found)).isInstanceOf(HeadResult.Bad.class);
        scanner.reset();
        assertThat(scanner.scan(bytes("1;aaaaaaaaaaaaaaa\r\nx\r\n".repeat(1100)), found)).isInstanceOf(HeadResult.Bad.class);
        scanner.reset();
        assertThat(scanner.scan(bytes("0\r\n" + "a: b\r\n".repeat(3000)), found)).isInstanceOf(HeadResult.Bad.class);
    }

    @Test
    void theLargestSizeIsWalkedWithoutOverflow() {
        assertThat(scanner.scan(bytes("000000007fffffff\r\nabc"), found)).isEqualTo(HeadResult.Progress.NEED_MORE);
        assertThat(found.data).hasToString("abc");
    }
}
