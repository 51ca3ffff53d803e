package reeve.front.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reeve.base.journal.Journal;

class OccasionsTest {
    private static final String WEB = "wiki/web/1";

    private final List<String> told = new ArrayList<>();
    private final List<Occasions.Effect.SetTimer> timers = new ArrayList<>();
    private Map<String, Occasions.State> states = Map.of();
    private Instant now = Instant.parse("2026-01-05T08:00:00Z");
    private long number;

    private void decide(Occasions.Event event) {
        Occasions.Step step = Occasions.decide(states, event);
        states = step.states();
        step.effect().ifPresent(effect -> {
            switch (effect) {
                case Occasions.Effect.Tell(Notice notice) ->
                        told.add(notice.entry().subject() + " " + notice.occasion().word() + ": " + notice.entry().what());
                case Occasions.Effect.SetTimer timer -> timers.add(timer);
            }
        });
    }

    private void written(String subject, String... whats) {
        for (String what : whats) {
            now = now.plusSeconds(1);
            decide(new Occasions.Event.Written(new Journal.Entry(++number, now, subject, what, "why", Map.of())));
        }
    }

    private void lasts() {
        Occasions.Effect.SetTimer timer = timers.removeLast();
        assertThat(timer.delay()).isEqualTo(Duration.ofSeconds(30));
        decide(new Occasions.Event.Settled(timer.instance(), timer.number()));
    }

    @Test
    void whatRunsAndWhatUsersDoIsNoOccasion() {
        written(WEB, "starting", "running", "falling_asleep", "asleep", "waking", "running", "stopping", "stopped", "running");
        written("wiki/web", "asleep", "waking");
        written("wiki", "apply", "down");
        written("gateway-1", "up", "configured", "webhook_failed");
        assertThat(told).isEmpty();
        assertThat(states).isEmpty();
    }

    @Test
    void whatFailedForGoodIsToldOnceAndItsRecoveryWhenItLasts() {
        written(WEB, "backing_off", "failed", "failed", "starting", "running");
        assertThat(told).containsExactly("wiki/web/1 failed: failed");
        lasts();
        assertThat(told).containsExactly("wiki/web/1 failed: failed", "wiki/web/1 recovered: running");
        assertThat(states).isEmpty();
    }

    @Test
    void aFewFallsAreNoOccasionButManyAre() {
        for (int i = 1; i < Occasions.FALLS; i++) {
            written(WEB, "backing_off", "starting", "running");
        }
        assertThat(told).isEmpty();
        written(WEB, "backing_off");
        assertThat(told).containsExactly("wiki/web/1 failed: backing_off");
        for (int i = 0; i < 100; i++) {
            written(WEB, "starting", "running", "backing_off");
        }
        assertThat(told).hasSize(1);
    }

    @Test
    void fallsFarApartAreNoOccasion() {
        for (int i = 0; i < 100; i++) {
            written(WEB, "backing_off", "starting", "running");
            now = now.plus(Duration.ofMinutes(3));
        }
        assertThat(told).isEmpty();
    }

    @Test
    void aTimerOfAnEarlierRecoveryMeansNothing() {
        written(WEB, "failed", "running");
        Occasions.Effect.SetTimer early = timers.getLast();
        written(WEB, "backing_off", "running");
        decide(new Occasions.Event.Settled(early.instance(), early.number()));
        assertThat(told).containsExactly("wiki/web/1 failed: failed");
        lasts();
        assertThat(told).endsWith("wiki/web/1 recovered: running");
    }

    @Test
    void whatIsStoppedWhileItFailsHasNotRecovered() {
        written(WEB, "failed", "stopped");
        assertThat(states).isEmpty();
        written(WEB, "running");
        assertThat(told).hasSize(1);
        assertThat(timers).isEmpty();
    }

    @Test
    void aOneShotThatIsDoneAfterAllHasRecovered() {
        written(WEB, "failed", "starting", "done");
        assertThat(told).containsExactly("wiki/web/1 failed: failed", "wiki/web/1 recovered: done");
    }

    @Test
    void deploysAndIncidentsAreTold() {
        written("wiki", "deployed", "deploy_failed", "rolled_back");
        written("gateway-1", "incident");
        assertThat(told).containsExactly("wiki deployed: deployed", "wiki failed: deploy_failed", "wiki failed: rolled_back",
                "gateway-1 failed: incident");
    }

    @Test
    void memoryIsBounded() {
        for (int i = 0; i < 12_000; i++) {
            decide(new Occasions.Event.Written(new Journal.Entry(++number, now, "a/b/" + i, "failed", "why", Map.of())));
        }
        assertThat(states).hasSize(10_000);
    }
}
