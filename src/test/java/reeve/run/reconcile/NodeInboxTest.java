package reeve.run.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver;

class NodeInboxTest {
    private static final InstanceId WEB = InstanceId.parse("shop/web/1");
    private static final Driver.Run RUN = new Driver.Run("run-1", 4711);

    @Test
    void aProgramThatFloodsReeveWithNoticesIsHeardButFillsNothing() {
        try (var inbox = new NodeInbox()) {
            for (int i = 0; i < 20_000; i++) {
                inbox.notified(WEB, RUN, new Driver.Notice.Ready());
                inbox.notified(WEB, RUN, new Driver.Notice.Watchdog());
                inbox.notified(WEB, RUN, new Driver.Notice.Status("busy"));
            }
            await().until(() -> inbox.waiting() >= 4096);
            assertThat(inbox.waiting()).isLessThan(5000);
        }
    }

    @Test
    void eachRunMayTellOnceThatItIsReady() {
        try (var inbox = new NodeInbox()) {
            inbox.notified(WEB, RUN, new Driver.Notice.Ready());
            inbox.notified(WEB, RUN, new Driver.Notice.Ready());
            inbox.notified(WEB, new Driver.Run("run-2", 4712), new Driver.Notice.Ready());
            await().until(() -> inbox.waiting() == 2);
        }
    }
}
