package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reeve.model.Balance;

class StandingTest {
    private static final Balance.Ejection POLICY = new Balance.Ejection(3, false, Duration.ofSeconds(10));
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private Standing standing = Standing.WELL;
    private long now = -5 * SECOND; // such clocks may start anywhere

    private boolean fail(int times) {
        for (int i = 0; i < times; i++) {
            standing = standing.failed(POLICY, true, now);
        }
        return standing.out(now);
    }

    private void passes(long seconds) {
        now += seconds * SECOND;
    }

    @Test
    void failuresInARowEjectAndOthersDoNot() {
        assertThat(fail(2)).isFalse();
        standing = standing.succeeded(POLICY, now);
        assertThat(standing).isSameAs(Standing.WELL);
        assertThat(fail(2)).isFalse();
        assertThat(fail(1)).isTrue();
    }

    @Test
    void anEjectionEndsAndTheNextIsTwiceAsLong() {
        for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
            assertThat(fail(standing.spells() == 0 ? 3 : 1)).as("its first failure after it has come back is enough").isTrue();
            assertThat(fail(5)).as("requests that were under way").isTrue();
            passes(seconds - 1);
            assertThat(standing.out(now)).isTrue();
            passes(1);
            assertThat(standing.out(now)).isFalse();
        }
    }

    @Test
    void whoIsWellForAsLongAsItWasOutStartsAnew() {
        fail(3);
        passes(10);
        standing = standing.succeeded(POLICY, now);
        assertThat(fail(2)).as("a success makes it a row of three again").isFalse();
        assertThat(fail(1)).isTrue();
        assertThat(standing.spells()).isEqualTo(2);
        passes(20);
        standing = standing.succeeded(POLICY, now);
        passes(21);
        standing = standing.succeeded(POLICY, now);
        assertThat(standing).isSameAs(Standing.WELL);
    }

    @Test
    void whatMayNotBeEjectedIsOnceItMay() {
        for (int i = 0; i < 9; i++) {
            standing = standing.failed(POLICY, false, now);
        }
        assertThat(standing.out(now)).isFalse();
        assertThat(fail(1)).isTrue();
    }

    @Test
    void zeroMeansNever() {
        var never = new Balance.Ejection(0, true, Duration.ofSeconds(1));
        assertThat(Standing.WELL.failed(never, true, now)).isSameAs(Standing.WELL);
    }
}
