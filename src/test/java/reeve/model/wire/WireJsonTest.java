package reeve.model.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WireJsonTest {
    private final WireJson strict = WireJson.strict();
    private final WireJson lenient = WireJson.lenient();

    @Test
    void recordsComeBackAsTheyWere() {
        var row = new InstanceRow("wiki", "web", "wiki/web/1", "here", "running", null, 12L, null, 3,
                Instant.parse("2026-01-05T08:00:00.123Z"),
                "a \"quoted\"\nreason \u2028 \u0000");
        assertThat(strict.read(InstanceRow.class, strict.write(row))).isEqualTo(row);
        assertThat(strict.readList(InstanceRow.class, strict.bytes(List.of(row, row)))).containsExactly(row, row);
        var entry = new JournalRow(7, Instant.parse("2026-01-05T08:00:00Z"), "wiki", "start", "why", Map.of("code", "1"));
        assertThat(strict.read(JournalRow.class, strict.bytes(entry))).isEqualTo(entry);
    }

    @Test
    void absentThingsAreNullAndNamesAreSnakeCase() {
        var route = new RouteRow("a", "/", null, null, "files", "10.0.0.1:80",
                List.of(new RouteRow.TargetRow("1.2.3.4:5", "a/b/1", "running", 2, 1, Duration.ZERO)));
        assertThat(strict.write(route))
                .isEqualTo("{\"host\":\"a\",\"path\":\"/\",\"app\":null,\"service\":null,\"source\":\"files\",\"to\":\"10.0.0.1:80\","
                + "\"targets\":[{\"address\":\"1.2.3.4:5\",\"instance\":\"a/b/1\",\"state\":\"running\",\"in_flight\":2,\"weight\":1,"
                + "\"ejected\":\"PT0S\"}]}");
    }

    @Test
    void variablesMayBeLeftOutOfAnApplyRequest() {
        assertThat(strict.read(ApplyRequest.class, "{\"file\":\"/a\",\"text\":\"x\"}")).isEqualTo(new ApplyRequest("/a", "x", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "null", "[]", "{", "{\"file\":\"/a\"}", "{\"file\":null,\"text\":\"\"}", "{\"file\":1,\"text\":{}}",
                "{\"file\":\"/a\",\"text\":\"x\",\"more\":1}",
        "{\"file\":\"/a\",\"text\":\"x\",\"variables\":[1]}", "{\"file\":\"/a\",\"text\":\"x\",\"variables\":{\"a\":null}}", "nonsense",
                "\"\\ud800"
    })
    void whatDoesNotFitIsRefusedAsOneKindOfFailure(String json) {
        assertThatThrownBy(() -> strict.read(ApplyRequest.class, json)).isInstanceOf(WireException.class);
    }

    @Test
    void whatAnOlderReeveStoredIsUnderstood() {
        var text = "{\"file\":\"/a\",\"text\":\"x\",\"variables\":{},\"applied_at\":\"2026-01-05T08:00:00Z\",\"stopped\":[\"a\"]}";
        assertThat(lenient.read(DesiredApp.class, text))
                .isEqualTo(new DesiredApp("/a", "x", Map.of(), Instant.parse("2026-01-05T08:00:00Z"), List.of("a"), 0, 0, null, List.of(),
                        null, List.of(), List.of()));
    }

    @Test
    void aClientSkipsFieldsOfANewerNode() {
        assertThat(lenient.read(ErrorAnswer.class, "{\"kind\":\"busy\",\"detail\":{\"a\":[1,2]},\"value\":\"x\"}"))
                .isEqualTo(new ErrorAnswer("busy", "x"));
    }

    @Test
    @DisplayName("class 16: JSON of 100,000 levels is refused, or skipped, without harm")
    void deepJsonDoesNoHarm() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        byte[] unknown = ("{\"kind\":\"a\",\"deep\":" + deep + ",\"value\":\"x\"}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> strict.read(ErrorAnswer.class, unknown)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> strict.read(ErrorAnswer.class, "{\"kind\":" + deep + "}")).isInstanceOf(WireException.class);
    }
}
