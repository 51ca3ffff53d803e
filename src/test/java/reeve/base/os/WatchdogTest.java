package reeve.base.os;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class WatchdogTest {
    @TempDir
    Path folder;

    @Test
    void theManagerHearsOfReeveTwiceInEachIntervalWhileItsLoopAnswers() throws Exception {
        var heard = new AtomicInteger();
        var answers = new AtomicBoolean(true);
        var time = new VirtualTime();
        Path socket = folder.resolve("manager");
        try (var sockets = new NotifySockets()) {
            sockets.listen(socket, message -> {
                assertThat(message.pid()).isEqualTo(ProcessHandle.current().pid());
                heard.addAndGet("WATCHDOG=1".equals(message.text()) ? 1 : 100);
            });
            try (var _ = new Watchdog(Map.of("NOTIFY_SOCKET", socket.toString(), "WATCHDOG_USEC", "10000000"), time, answers::get)) {
                await().until(() -> heard.get() == 1);
                time.advance(Duration.ofSeconds(10));
                await().until(() -> heard.get() == 3);
                answers.set(false);
                time.advance(Duration.ofSeconds(20));
                answers.set(true);
                time.advance(Duration.ofSeconds(5));
                await().until(() -> heard.get() == 4);
            }
            time.advance(Duration.ofSeconds(20));
        }
        assertThat(heard).hasValue(4);
    }

    @Test
    void aWatchdogThatIsNotMeantForThisProcessIsNobodysBusiness() {
        assertThat(Watchdog.asked(Map.of("WATCHDOG_USEC", "5000000", "WATCHDOG_PID", "7"), 7)).contains(Duration.ofSeconds(5));
        assertThat(Watchdog.asked(Map.of("WATCHDOG_USEC", "5000000", "WATCHDOG_PID", "8"), 7)).isEmpty();
        assertThat(Watchdog.asked(Map.of("WATCHDOG_USEC", "soon"), 7)).isEmpty();
        assertThat(Watchdog.asked(Map.of(), 7)).isEmpty();
    }
}
