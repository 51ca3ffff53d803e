package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({"10s, PT10S", "1m30s, PT1M30S", "250ms, PT0.25S", "1h, PT1H", "1.5s, PT1.5S", "0, PT0S", "0s, PT0S", "100us, PT0.0001S",
            "90m, PT1H30M",
        "0.000000001s, PT0.000000001S", "999999999h, PT999999999H"})
    void whatComposeWritesIsRead(String text, Duration length) {
        assertThat(DurationText.parse(text)).contains(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1 s", "1d", "1s1", ".5s", "1.s", "1e3s", "9999999999s", "ten", "1S", "١s"})
    void nothingElseIs(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1ms", "10s", "1m30s", "2h5ms", "25h"})
    void whatIsWrittenReadsTheSame(String text) {
        assertThat(DurationText.text(DurationText.parse(text).orElseThrow())).isEqualTo(text);
    }
}
