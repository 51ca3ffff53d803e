package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import reeve.base.http.HeadLimits;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;

/// Whatever the fields of a request hold: as text they are one head or none.
@Tag("fuzz")
class FieldsFuzzTest {
    private static final int MOST_FIELDS = 12;

    @FuzzTest(maxDuration = "10s")
    void fieldsAreOneHeadOrNone(byte[] bytes) {
        var fields = new DefaultHttp2Headers(false);
        var input = new Input(bytes);
        fields.method(input.next("GET")).scheme("http").path(input.next("/")).authority(input.next("a"));
        for (int i = 0; i < MOST_FIELDS && input.hasMore(); i++) {
            fields.add(input.next("x"), input.next(""));
        }
        var text = new Bytes();
        try {
            new FieldsReader(1, text).request(fields, true, "");
        } catch (Http2Exception e) {
            return; // malformed
        }
        byte[] written = text.copy();
        var head = new RequestHead(HeadLimits.DEFAULT);
        if (head.parse(written, 0, written.length) != HeadResult.Progress.COMPLETE) {
            return;
        }
        String shown = new String(written, StandardCharsets.ISO_8859_1);
        assertThat(head.to()).as(shown).isEqualTo(written.length);
        assertThat(head.from()).as(shown).isZero();
        assertThat(head.methodText()).isEqualTo(latin(fields.method()));
        assertThat(head.target()).isEqualTo(latin(fields.path()));
        assertThat(head.isAbsolute()).as(shown).isFalse();
        assertThat(head.count()).as(shown).isLessThanOrEqualTo(fields.size());
    }

    private static String latin(CharSequence text) {
        AsciiString ascii = AsciiString.of(text);
        return new String(ascii.array(), ascii.arrayOffset(), ascii.length(), StandardCharsets.ISO_8859_1);
    }

    /// Texts with their lengths before them.
    private static final class Input {
        private final byte[] bytes;
        private int at;

        Input(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return at < bytes.length;
        }

        /// @param standard where there is nothing left, or a zero
        AsciiString next(String standard) {
            int length = hasMore() ? Math.min(bytes[at++] & 31, bytes.length - at) : 0;
            if (length == 0) {
                return AsciiString.of(standard);
            }
            at += length;
            return new AsciiString(bytes, at - length, length, true);
        }
    }
}
