package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Stall stall = new Stall(new ProxySettings.Pace(Duration.ofSeconds(10), 100));

    @Test
    void theAverageOfAWindowCountsNotItsPauses() {
        assertThat(stall.lasts(0, 0)).isFalse();
        assertThat(stall.lasts(5_000, 10 * SECOND + 1)).as("all at its end").isFalse();
        assertThat(stall.lasts(5_000, 19 * SECOND)).isFalse();
        assertThat(stall.lasts(5_999, 21 * SECOND)).as("999 in the next").isTrue();
    }

    @Test
    void aByteNowAndThenIsTooLittle() {
        boolean slow = false;
        for (int second = 0; second <= 11; second++) {
            slow |= stall.lasts(-second, second * SECOND);
        }
        assertThat(slow).isTrue();
    }

    @Test
    void itDoesNotCountWhileNothingWaits() {
        assertThat(stall.lasts(0, 0)).isFalse();
        stall.none();
        assertThat(stall.lasts(0, 11 * SECOND)).isFalse();
        assertThat(stall.lasts(0, 20 * SECOND)).isFalse();
        assertThat(stall.lasts(0, 22 * SECOND)).isTrue();
    }

    @Test
    void withoutALeastRateOneByteInEachWindowIsEnough() {
        var patient = new Stall(new ProxySettings.Pace(Duration.ofSeconds(10), 0));
        assertThat(patient.lasts(0, 0)).isFalse();
        assertThat(patient.lasts(1, 11 * SECOND)).isFalse();
        assertThat(patient.lasts(1, 22 * SECOND)).isTrue();
    }
}
