package reeve.run.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static reeve.testing.Specs.service;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.Schedule;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;

final class TimetableTest {
    private static final ServiceId NIGHTLY = ServiceId.of("shop", "nightly");
    private static final ServiceId HOURLY = ServiceId.of("shop", "hourly");
    private static final ServiceId WEB = ServiceId.of("shop", "web");
    private static final Instant NOON = Instant.parse("2026-01-05T11:00:00Z");

    private final Timetable table = Timetable.of(Map.of(
            NIGHTLY, at("nightly", "30 3 * * *"), HOURLY, at("hourly", "@hourly"), WEB, service("web").spec()), ZoneId.of("Europe/Berlin"));

    private static ServiceSpec at(String name, String expression) {
        return service(name).scheduled(new Schedule.Cron(expression)).spec();
    }

    @Test
    void timesAreMeantInTheNodesZone() {
        assertThat(table.next(NIGHTLY, NOON)).contains(Instant.parse("2026-01-06T02:30:00Z"));
        assertThat(table.next(WEB, NOON)).isEmpty();
        assertThat(table.next(NOON)).contains(Instant.parse("2026-01-05T12:00:00Z"));
        assertThat(Timetable.of(Map.of(WEB, service("web").spec()), ZoneId.of("UTC")).next(NOON)).isEqualTo(Optional.empty());
    }

    @Test
    void aTimeIsDueOnceAndOnlyWhereItCameSinceTheLastLook() {
        assertThat(table.due(NOON, NOON.plusSeconds(3599))).isEmpty();
        assertThat(table.due(NOON, NOON.plusSeconds(3600))).containsExactly(HOURLY);
        assertThat(table.due(NOON.plusSeconds(3600), NOON.plusSeconds(3600))).isEmpty();
        assertThat(table.due(NOON.plusSeconds(3600), NOON.plusSeconds(3601))).isEmpty();
        assertThat(table.due(NOON, NOON.plusSeconds(24 * 3600))).as("however often it came").containsExactly(HOURLY, NIGHTLY);
    }
}
