package reeve.serve.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Access;

class ClientRatesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.7");

    private final ClientRates rates = new ClientRates(42);

    private static RateRule rule(int requests, Duration per, int burst) {
        return RateRule.of(new Access.Rate(requests, per, burst));
    }

    private int admitted(RateRule rule, InetAddress client, long now, int tries) {
        int admitted = 0;
        for (int i = 0; i < tries; i++) {
            admitted += rates.take(rule, 1, client, now) == null ? 1 : 0;
        }
        return admitted;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000_000_000_000_000L, -5_000_000_000L})
    void oneThatIsDueAndTheBurstComeThroughAtOnceAndOnePerPeriodAfterwards(long begin) {
        RateRule rule = rule(10, Duration.ofSeconds(1), 5);
        assertThat(admitted(rule, CLIENT, begin, 20)).isEqualTo(6);
        assertThat(admitted(rule, CLIENT, begin + SECOND / 10 - 1_000, 20)).isZero();
        assertThat(admitted(rule, CLIENT, begin + SECOND / 10 + 1_000, 20)).isEqualTo(1);
        assertThat(admitted(rule, CLIENT, begin + SECOND / 2 + 1_000, 20)).isEqualTo(4);
        assertThat(admitted(rule, CLIENT, begin + 60 * SECOND, 20)).isEqualTo(6);
    }

    /// Excess as nginx keeps it, in thousandths of a request (`ngx_http_limit_req_lookup`).
    private static final class Nginx {
        private long excess;
        private long last = -1;

        boolean admits(int rate, int burst, long millis) {
            long next = last < 0 ? 0 : Math.max(0, excess - rate * 1000L * (millis - last) / 1000 + 1000);
            if (next > burst * 1000L) {
                return false;
            }
            excess = next;
            last = millis;
            return true;
        }
    }

    @Test
    void itAdmitsExactlyWhatNginxDoes() {
        var random = new Random(7);
        for (int run = 0; run < 200; run++) {
            int rate = new int[] {1, 2, 5, 10, 100}[random.nextInt(5)];
            int burst = random.nextInt(20);
            RateRule rule = rule(rate, Duration.ofSeconds(1), burst);
            var nginx = new Nginx();
            long millis = 0;
            for (int i = 0; i < 300; i++) {
                millis += random.nextInt(3) == 0 ? random.nextInt(3 * 1000 / rate) : 0;
                boolean ours = rates.take(rule, 1_000 + run, CLIENT, millis * 1_000_000) == null;
                assertThat(ours).as("rate %d burst %d at %d", rate, burst, millis).isEqualTo(nginx.admits(rate, burst, millis));
            }
        }
    }

    @Test
    void whoIsRefusedLearnsWhenToComeBackAndLosesNothingByAsking() {
        RateRule rule = rule(1, Duration.ofMinutes(1), 0);
        assertThat(rates.take(rule, 1, CLIENT, 0)).isNull();
        for (int i = 0; i < 100; i++) {
            assertThat(rates.take(rule, 1, CLIENT, 20 * SECOND)).isBetween(Duration.ofSeconds(39), Duration.ofSeconds(41));
        }
        assertThat(rates.take(rule, 1, CLIENT, 61 * SECOND)).isNull();
    }

    @Test
    void clientsAndRoutesAreCountedApartButAddressesOfOneIpv6NetworkTogether() {
        RateRule rule = rule(1, Duration.ofSeconds(1), 0);
        assertThat(rates.take(rule, 1, CLIENT, 0)).isNull();
        assertThat(rates.take(rule, 2, CLIENT, 0)).isNull();
        assertThat(rates.take(rule, 1, InetAddress.ofLiteral("203.0.113.8"), 0)).isNull();
        assertThat(rates.take(rule, 1, InetAddress.ofLiteral("2001:db8:1:2::1"), 0)).isNull();
        assertThat(rates.take(rule, 1, InetAddress.ofLiteral("2001:db8:1:2:ffff::9"), 0)).isNotNull();
        assertThat(rates.take(rule, 1, InetAddress.ofLiteral("2001:db8:1:3::1"), 0)).isNull();
    }

    private static InetAddress numbered(int number) {
        return InetAddress.ofLiteral("10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255));
    }

    @Test
    void aMillionClientsCostNobodyARequestAndTheGreediestIsStillLimited() {
        RateRule rule = rule(1, Duration.ofHours(1), 20);
        assertThat(admitted(rule, CLIENT, 0, 100)).isEqualTo(21);
        int refused = 0;
        for (int i = 0; i < 1_000_000; i++) {
            refused += rates.take(rule, 1, numbered(i), 0) == null ? 0 : 1;
        }
        assertThat(refused).as("of clients that each came once").isZero();
        assertThat(admitted(rule, CLIENT, 0, 100)).as("more of who was the furthest ahead").isZero();
    }

    @Test
    void severalLoopsTogetherAdmitNoMoreThanOneWould() throws InterruptedException {
        RateRule rule = rule(1000, Duration.ofHours(1), 9_999);
        var admitted = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> admitted.addAndGet(admitted(rule, CLIENT, 0, 5_000))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted.get()).isEqualTo(10_000);
    }
}
