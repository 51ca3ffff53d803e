package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RetryBudget budget = new RetryBudget();

    private int taken(long now) {
        int taken = 0;
        while (budget.take(now)) {
            taken++;
        }
        return taken;
    }

    @Test
    void aFewRetriesAreAlwaysThere() {
        assertThat(taken(-3 * SECOND)).isEqualTo(3);
        assertThat(taken(7 * SECOND - 1)).as("not before ten seconds have passed").isZero();
        assertThat(taken(7 * SECOND)).isEqualTo(3);
    }

    @Test
    void oneInFiveRequestsOfTheLastTenSecondsMayBeRetried() {
        for (int i = 0; i < 100; i++) {
            budget.requested(i * SECOND / 10);
        }
        assertThat(taken(10 * SECOND - 1)).isEqualTo(23);
        for (int i = 0; i < 100; i++) {
            budget.requested(13 * SECOND);
        }
        assertThat(taken(13 * SECOND)).as("160 requests, of which 23 were retried").isEqualTo(32 + 3 - 23);
        assertThat(taken(60 * SECOND)).isEqualTo(3);
    }
}
