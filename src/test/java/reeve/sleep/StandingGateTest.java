package reeve.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reeve.model.ServiceId;

final class StandingGateTest {
    private static final ServiceId WEB = ServiceId.of("a", "web");
    private static final WakeGate.Outcome AWAKE = new WakeGate.Outcome.Awake();

    private final StandingGate gate = new StandingGate(2);
    private final List<WakeGate.Waiter> first = new ArrayList<>();
    private final List<WakeGate.Waiter> second = new ArrayList<>();

    private static final class Client implements WakeGate.Waiter {
        final List<WakeGate.Outcome> told = new ArrayList<>();
        boolean gone;

        @Override
        public void done(WakeGate.Outcome outcome) {
            told.add(outcome);
        }

        @Override
        public boolean gone() {
            return gone;
        }
    }

    private Client client() {
        var client = new Client();
        gate.await(WEB, client);
        return client;
    }

    @Test
    void whoWaitsIsAskedForAtTheNextGateAndAnsweredOnce() {
        gate.open((_, waiter) -> first.add(waiter));
        Client client = client();
        gate.shut();
        first.getFirst().done(new WakeGate.Outcome.Failed("it ends", SleepPolicy.RETRY_LATER));
        assertThat(first.getFirst().gone()).isTrue();
        assertThat(client.told).isEmpty();
        gate.open((_, waiter) -> second.add(waiter));
        second.getFirst().done(AWAKE);
        second.getFirst().done(AWAKE);
        assertThat(client.told).containsExactly(AWAKE);
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void whoComesWhileNobodyAnswersWaitsForTheNextGate() {
        Client client = client();
        gate.open((_, waiter) -> waiter.done(AWAKE));
        assertThat(client.told).containsExactly(AWAKE);
    }

    @Test
    void moreThanItsBoundAreRefusedAndWhoLeftMakesRoom() {
        Client client = client();
        client();
        assertThat(client().told).containsExactly(new WakeGate.Outcome.Refused(SleepPolicy.RETRY_LATER));
        gate.open((_, waiter) -> first.add(waiter));
        client.gone = true;
        assertThat(first).anyMatch(WakeGate.Waiter::gone);
        assertThat(client().told).isEmpty();
        assertThat(client.told).isEmpty();
    }

    @Test
    void closedItAnswersAllWhoWaitAndAllWhoCome() {
        Client early = client();
        gate.close();
        assertThat(early.told).hasSize(1);
        assertThat(client().told).hasSize(1);
    }
}
