package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final List<Backend> backends = IntStream.rangeClosed(1, 10)
            .mapToObj(i -> new Backend(new Backend.Key(Optional.of(WEB.instance(i)), Address.loopback(5000 + i)))).toList();

    private Balancer balancer(Balance balance, int... weights) {
        return new Balancer(balance, backends.subList(0, weights.length), weights, turn);
    }

    private String chosen(Balancer balancer, int times) {
        var chosen = new StringBuilder();
        for (int i = 0; i < times; i++) {
            chosen.append(backends.indexOf(balancer.choose(0, FIRST)) + 1);
        }
        return chosen.toString();
    }

    @Test
    void ofTwoTheOneWithFewerRequestsForItsWeightIsChosen() {
        backends.get(0).begin();
        assertThat(balancer(Balance.DEFAULT, 1, 1).choose(0, FIRST)).isSameAs(backends.get(1));
        backends.get(1).begin();
        backends.get(1).begin();
        assertThat(balancer(Balance.DEFAULT, 1, 1).choose(0, FIRST)).isSameAs(backends.get(0));
        assertThat(balancer(Balance.DEFAULT, 1, 3).choose(0, FIRST)).as("2 of 3 is less than 1 of 1").isSameAs(backends.get(1));
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
            placed.put(key, balancer.choose(key, FIRST));
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
        assertThat(balancer(HASH, 1, 1).choose(0, FIRST)).isSameAs(backends.get(1));
    }

    @Test
    void aMarkLeadsBackToItsBackendWhileThatTakesRequests() {
        var sticky = new Balance(new Balance.Choice.LeastRequests(), "seat");
        long mark = Balancer.mark(backends.get(1));
        assertThat(balancer(sticky, 1, 1, 1).marked(mark)).isSameAs(backends.get(1));
        assertThat(balancer(sticky, 1).marked(mark)).isNull();
        assertThat(balancer(sticky, 1).marked(0)).isNull();
        var restarted = new Backend(new Backend.Key(Optional.of(WEB.instance(2)), Address.loopback(6000)));
        assertThat(Balancer.mark(restarted)).as("the same instance at another port").isEqualTo(mark);
        assertThat(backends.stream().map(Balancer::mark).distinct()).hasSize(backends.size());
    }

    @Test
    void onlyWhatReadsTheRequestIsNotPlain() {
        var sticky = new Balance(new Balance.Choice.LeastRequests(), "seat");
        var plain = new ArrayList<Boolean>();
        for (Balancer balancer : List.of(balancer(Balance.DEFAULT, 1, 1), balancer(ROUND_ROBIN, 1, 1), balancer(HASH, 1),
                balancer(HASH, 1, 1), balancer(sticky, 1), balancer(sticky, 1, 1))) {
            plain.add(balancer.plain());
        }
        assertThat(plain).containsExactly(true, true, true, false, false, false);
    }
}
