package reeve.front.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.PlanAnswer.ChangeRow;

import static org.assertj.core.api.Assertions.assertThat;

class PlansTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "restart | start_first | 3 | '; start-first: no gap; 3 requests in flight now'",
        "restart | stop_first | 1 | '; stop-first: a gap; 1 request in flight now'",
        "restart | stop_first |  | '; stop-first: a gap'",
        "stop |  | 0 | '; 0 requests in flight now'",
        "start |  |  | ''"})
    void aPlanSaysWhatAChangeCosts(String action, @Nullable String order, @Nullable Integer inFlight, String cost) {
        var plan = new PlanAnswer("wiki", List.of(new ChangeRow("wiki/web", action, "why", order, inFlight)), List.of());
        assertThat(Plans.lines(plan, false)).containsExactly("wiki: would change", "  " + action + " wiki/web: why" + cost);
        assertThat(Plans.lines(plan, true)).containsExactly("wiki: applied", "  " + action + " wiki/web: why");
    }
}
