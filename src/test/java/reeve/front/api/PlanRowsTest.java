package reeve.front.api;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.wire.PlanAnswer.ChangeRow;
import reeve.run.reconcile.Apps;

import static org.assertj.core.api.Assertions.assertThat;

class PlanRowsTest {
    private static final Apps.PlannedChange RESTART = new Apps.PlannedChange("wiki/web", Apps.Action.RESTART, "environment",
            Optional.of(Apps.Order.START_FIRST), List.of(InstanceId.parse("wiki/web/1"), InstanceId.parse("wiki/web/2")));
    private static final Apps.PlannedChange START = new Apps.PlannedChange("wiki/db", Apps.Action.START, "new");
    private static final Apps.Plan PLAN = new Apps.Plan(new AppName("wiki"), List.of(RESTART, START));

    @Test
    void aPlanSaysHowManyRequestsItTouches() {
        assertThat(Rows.plan(PLAN, List.of(), id -> OptionalInt.of(id.number())).changes()).containsExactly(
                new ChangeRow("wiki/web", "restart", "environment", "start_first", 3),
                new ChangeRow("wiki/db", "start", "new", null, null));
    }

    @Test
    void whatIsAppliedNoLongerTouchesAny() {
        assertThat(Rows.applied(PLAN, List.of()).changes().getFirst())
                .isEqualTo(new ChangeRow("wiki/web", "restart", "environment", "start_first", null));
    }
}
