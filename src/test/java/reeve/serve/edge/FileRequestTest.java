package reeve.serve.edge;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.serve.edge.FileRequest.Part;

import static org.assertj.core.api.Assertions.assertThat;

class FileRequestTest {
    private static final String TAG = "\"a-b\"";
    private static final long MODIFIED = 1_700_000_000_500L;

    private static Part part(String ifNoneMatch, String since, String range, String ifRange, long size) {
        return new FileRequest("/", false, "", ifNoneMatch, since, range, ifRange).part(TAG, MODIFIED, size);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"bytes=0-0 | 0-0", "bytes=2- | 2-9", "bytes=-3 | 7-9", "bytes=-30 | 0-9", "bytes=5-100 | 5-9",
        "Bytes=1-2 | 1-2", "bytes=10- | beyond", "bytes=-0 | beyond", "bytes=0-1,3-4 | whole", "bytes=5-2 | whole", "bytes=- | whole",
        "lines=0-1 | whole", "bytes=a-b | whole", "bytes=0x1-2 | whole", "bytes=9999999999999999999- | whole"})
    void oneRangeIsSent(String range, String expected) {
        Part part = part("", "", range, "", 10);
        assertThat(switch (part) {
            case Part.Whole() -> "whole";
            case Part.Nothing() -> "nothing";
            case Part.Beyond() -> "beyond";
            case Part.Range(long from, long to) -> from + "-" + to;
        }).isEqualTo(expected);
    }

    @Test
    void whatTheClientHasIsNotSentAgain() {
        assertThat(part(TAG, "", "", "", 10)).isEqualTo(new Part.Nothing());
        assertThat(part("W/" + TAG, "", "", "", 10)).isEqualTo(new Part.Nothing());
        assertThat(part("\"x\", " + TAG, "", "bytes=0-1", "", 10)).isEqualTo(new Part.Nothing());
        assertThat(part("*", "", "", "", 10)).isEqualTo(new Part.Nothing());
        assertThat(part("\"x\"", FileRequest.date(MODIFIED), "", "", 10)).as("the tag counts").isEqualTo(new Part.Whole());
        assertThat(part("", FileRequest.date(MODIFIED), "", "", 10)).isEqualTo(new Part.Nothing());
        assertThat(part("", FileRequest.date(MODIFIED - 1000), "", "", 10)).isEqualTo(new Part.Whole());
        assertThat(part("", "yesterday", "", "", 10)).isEqualTo(new Part.Whole());
    }

    @Test
    void aRangeIsOfWhatTheClientHas() {
        assertThat(part("", "", "bytes=0-1", TAG, 10)).isEqualTo(new Part.Range(0, 1));
        assertThat(part("", "", "bytes=0-1", FileRequest.date(MODIFIED), 10)).isEqualTo(new Part.Range(0, 1));
        assertThat(part("", "", "bytes=0-1", "\"old\"", 10)).isEqualTo(new Part.Whole());
        assertThat(part("", "", "bytes=0-1", "W/" + TAG, 10)).isEqualTo(new Part.Whole());
    }

    @Test
    void datesAreWrittenAsHttpWantsThem() {
        assertThat(FileRequest.date(784_111_777_000L)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
