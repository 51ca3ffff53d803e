package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reeve.base.Jitter;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.model.ServiceId;

class BalancerTest {
    private static final ServiceId WEB = ServiceId.of("shop", "web");
    private static final Balance ROUND_ROBIN = new Balance(new Balance.Choice.RoundRobin(), "");
    private static final Balance HASH = new Balance(new Balance.Choice.Hash(new Balance.Key.Client()), "");
    private static final Jitter FIRST = () -> 0;

    private final AtomicInteger turn = new AtomicInteger();
    private long now = -1_000_000_000_000L;
    private final List<Backend> backends = IntStream.rangeClosed(1, 10)
            .mapToObj(i -> new Backend(new Backend.Key(Optional.of(WEB.instance(i)), Address.loopback(5000 + i)), Duration.ZERO)).toList();

    private Balancer balancer(Balance balance, int... weights) {
        return new Balancer(balance, backends.subList(0, weights.length), weights, turn, new Overflow());
    }

    private String chosen(Balancer balancer, int times) {
        var chosen = new StringBuilder();
        for (int i = 0; i < times; i++) {
            chosen.append(backends.indexOf(balancer.choose(0, FIRST, now, List.of())) + 1);
        }
        return chosen.toString();
    }

    @Test
    void ofTwoTheOneWithFewerRequestsForItsWeightIsChosen() {
        backends.get(0).begin();
        assertThat(balancer(Balance.DEFAULT, 1, 1).choose(0, FIRST, now, List.of())).isSameAs(backends.get(1));
        backends.get(1).begin();
        backends.get(1).begin();
        assertThat(balancer(Balance.DEFAULT, 1, 1).choose(0, FIRST, now, List.of())).isSameAs(backends.get(0));
        assertThat(balancer(Balance.DEFAULT, 1, 3).choose(0, FIRST, now, List.of())).as("2 of 3 is less than 1 of 1")
                .isSameAs(backends.get(1));
    }

    @Test
    void roundRobinGoesAroundByWeightAndOnInTheNextTable() {
        assertThat(chosen(balancer(ROUND_ROBIN, 1, 1, 1), 7)).isEqualTo("1231231");
        assertThat(chosen(balancer(ROUND_ROBIN, 1, 1, 1), 2)).as("not from the start").isEqualTo("23");
        turn.set(0);
        assertThat(chosen(balancer(ROUND_ROBIN, 10, 20), 6)).isEqualTo("212212");
        turn.set(Integer.MAX_VALUE);
        assertThat(chosen(balancer(ROUND_ROBIN, 1, 1), 3)).as("past the largest number").hasSize(3);
    }

    private Map<Long, Backend> placed(Balancer balancer) {
        var placed = new HashMap<Long, Backend>();
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long key = random.nextLong() | 1;
            placed.put(key, balancer.choose(key, FIRST, now, List.of()));
        }
        return placed;
    }

    @Test
    void removingABackendMovesItsKeysAndNoOthers() {
        Map<Long, Backend> before = placed(balancer(HASH, 1, 1, 1, 1, 1));
        Map<Long, Backend> after = placed(balancer(HASH, 1, 1, 1, 1));
        Backend removed = backends.get(4);
        assertThat(before.values().stream().filter(removed::equals).count()).isBetween(1800L, 2200L);
        before.forEach((key, backend) -> {
            if (backend != removed) {
                assertThat(after.get(key)).isSameAs(backend);
            }
        });
        assertThat(backends.subList(0, 4)).as("the others share what it had").allSatisfy(backend ->
                assertThat(after.values().stream().filter(backend::equals).count()).isBetween(2300L, 2700L));
    }

    @Test
    void aBackendOfTwiceTheWeightGetsTwiceTheKeys() {
        Map<Long, Backend> placed = placed(balancer(HASH, 1, 2, 1));
        assertThat(placed.values().stream().filter(backends.get(1)::equals).count()).isBetween(4800L, 5200L);
    }

    @Test
    void aRequestWithoutTheKeyGoesToTheLeastBusy() {
        backends.get(0).begin();
        assertThat(balancer(HASH, 1, 1).choose(0, FIRST, now, List.of())).isSameAs(backends.get(1));
    }

    @Test
    void aMarkLeadsBackToItsBackendWhileThatTakesRequests() {
        var sticky = new Balance(new Balance.Choice.LeastRequests(), "seat");
        long mark = Balancer.mark(backends.get(1));
        assertThat(balancer(sticky, 1, 1, 1).marked(mark)).isSameAs(backends.get(1));
        assertThat(balancer(sticky, 1).marked(mark)).isNull();
        assertThat(balancer(sticky, 1).marked(0)).isNull();
        var restarted = new Backend(new Backend.Key(Optional.of(WEB.instance(2)), Address.loopback(6000)), Duration.ZERO);
        assertThat(Balancer.mark(restarted)).as("the same instance at another port").isEqualTo(mark);
        assertThat(backends.stream().map(Balancer::mark).distinct()).hasSize(backends.size());
    }

    @Test
    void aServiceWithOneInstanceIsNotChosenFor() {
        var sticky = new Balance(new Balance.Choice.LeastRequests(), "seat");
        Balance limited = Balance.DEFAULT.with(new Balance.Capacity(5, 0, Duration.ZERO));
        assertThat(balancer(Balance.DEFAULT, 1).only()).isSameAs(backends.getFirst());
        assertThat(balancer(HASH, 1).only()).isSameAs(backends.getFirst());
        assertThat(balancer(sticky, 1).only()).isNull();
        assertThat(balancer(limited, 1).only()).isNull();
        assertThat(balancer(Balance.DEFAULT, 1, 1).only()).isNull();
        assertThat(balancer(Balance.DEFAULT).only()).isNull();
        assertThat(balancer(Balance.DEFAULT, 1, 1).reads()).isFalse();
        assertThat(balancer(HASH, 1, 1).reads()).isTrue();
        assertThat(balancer(sticky, 1).reads()).isTrue();
    }

    private void eject(Balancer balancer, int... numbers) {
        for (int number : numbers) {
            for (int i = 0; i < 5; i++) {
                balancer.failed(backends.get(number - 1), false, now);
            }
        }
    }

    private String chosenBy(Balance balance, int count, int... ejected) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        Balancer balancer = balancer(balance, weights);
        eject(balancer, ejected);
        var random = new Random(3);
        return IntStream.range(0, 200).mapToObj(_ -> balancer.choose(random.nextLong(), random::nextDouble, now, List.of()))
                .map(backend -> String.valueOf(backends.indexOf(backend) + 1)).distinct().sorted().collect(Collectors.joining());
    }

    @Test
    void anEjectedBackendIsPassedOverWhateverChoosesUntilItsTimeIsOver() {
        for (Balance balance : List.of(Balance.DEFAULT, ROUND_ROBIN, HASH)) {
            assertThat(chosenBy(balance, 4, 2, 3)).isEqualTo("14");
            now += Duration.ofMinutes(10).toNanos();
            assertThat(chosenBy(balance, 4)).isEqualTo("1234");
            backends.forEach(backend -> backend.succeeded(balance.ejection(), now));
        }
    }

    @Test
    void atMostHalfAreEjectedAndTheOnlyOneNever() {
        assertThat(chosenBy(Balance.DEFAULT, 4, 1, 2, 3, 4)).isEqualTo("34");
        assertThat(chosenBy(Balance.DEFAULT, 2, 1, 2)).as("all that are left are ejected: better one that may fail than none")
                .isEqualTo("12");
        eject(balancer(Balance.DEFAULT, 1), 1);
    }

    @Test
    void threeAreNeverTwoShort() {
        assertThat(chosenBy(ROUND_ROBIN, 3, 1, 2, 3)).isEqualTo("23");
    }

    @Test
    void errorsCountOnlyWhereThatIsAsked() {
        Balancer connections = balancer(Balance.DEFAULT, 1, 1);
        Balancer errors = balancer(Balance.DEFAULT.with(new Balance.Ejection(2, true, Duration.ofSeconds(1))), 1, 1);
        for (int i = 0; i < 9; i++) {
            connections.failed(backends.getFirst(), true, now);
        }
        assertThat(backends.getFirst().standing().out(now)).isFalse();
        errors.failed(backends.getFirst(), true, now);
        errors.failed(backends.getFirst(), true, now);
        assertThat(backends.getFirst().standing().out(now)).isTrue();
    }

    @Test
    void aRequestDoesNotGoWhereItHasFailedNorToWhatIsReadyNoMore() {
        Balancer balancer = balancer(Balance.DEFAULT, 1, 1, 1);
        backends.subList(0, 2).forEach(backend -> backend.ready(true));
        assertThat(balancer.choose(0, FIRST, now, List.of(backends.get(0)))).isSameAs(backends.get(1));
        assertThat(balancer.choose(0, FIRST, now, backends.subList(0, 2))).as("the third has left since").isNull();
    }

    @Test
    void aFullBackendGetsNoMore() {
        Balancer balancer = balancer(Balance.DEFAULT.with(new Balance.Capacity(2, 0, Duration.ZERO)), 1, 1);
        for (int i = 0; i < 4; i++) {
            assertThat(balancer.hasRoom(now)).isTrue();
            assertThat(balancer.take(0, Jitter.of(new Random(i)), now, List.of())).isNotNull();
        }
        assertThat(balancer.hasRoom(now)).isFalse();
        assertThat(balancer.take(0, FIRST, now, List.of())).isNull();
        assertThat(balancer.take(backends.getFirst(), now)).isFalse();
        assertThat(backends.subList(0, 2)).extracting(Backend::inFlight).containsExactly(2, 2);
        backends.get(1).end();
        assertThat(balancer.take(0, FIRST, now, List.of())).isSameAs(backends.get(1));
    }

    @Test
    void aBackendThatComesGetsMoreAndMore() {
        for (Balance.Choice choice : List.of(new Balance.Choice.LeastRequests(), new Balance.Choice.RoundRobin())) {
            Balance slow = new Balance(choice, "").withSlowStart(Duration.ofSeconds(10));
            Balancer balancer = balancer(slow, 1, 1);
            Backend newcomer = backends.get(1);
            backends.getFirst().ready(true);
            backends.getFirst().since(now - Duration.ofMinutes(1).toNanos());
            newcomer.ready(false);
            newcomer.ready(true);
            newcomer.since(now); // the first request after it has come
            var shares = new ArrayList<Long>();
            for (int second : new int[] {0, 5, 10}) {
                long then = now + Duration.ofSeconds(second).toNanos();
                var random = new Random(second);
                shares.add(IntStream.range(0, 1000).mapToObj(_ -> balancer.choose(0, random::nextDouble, then, List.of()))
                        .filter(newcomer::equals).count());
            }
            assertThat(shares.get(0)).isBetween(20L, 180L);
            assertThat(shares.get(1)).isBetween(shares.get(0) + 1, 400L);
            assertThat(shares.get(2)).isBetween(450L, 550L);
        }
    }
}
