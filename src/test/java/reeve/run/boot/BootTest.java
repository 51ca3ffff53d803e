package reeve.run.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.PassReport;
import reeve.testing.LogLines;
import reeve.testing.VirtualTime;

/// The loop around the policy: its threads, its log, its faults.
@Timeout(20)
class BootTest {
    private static final PassReport CLEAN = new PassReport(3, List.of(new PassReport.Action("shop/web/1", "start")), List.of());
    private static final PassReport FAILED = new PassReport(62, List.of(), List.of(new PassReport.Failed("shop/web/1", "failed: no disk"),
            new PassReport.Failed("wiki/db/1", "unknown: no answer")));

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger passes = new AtomicInteger();
    private final LogLines log = new LogLines("run.boot");

    private Boot boot(Stage... stages) {
        return new Boot(Optional::empty, List.of(stages), time);
    }

    private Stage stage(PassReport report) {
        return new Stage("apps", () -> {
            passes.incrementAndGet();
            return report;
        });
    }

    private void awaitPasses(int count) {
        await().until(() -> passes.get() == count);
    }

    /// Another interval; a loop that is not resting yet has no timer to fire.
    private void awaitNextPass(int count) {
        await().until(() -> {
            time.advance(BootPolicy.INTERVAL);
            return passes.get() >= count;
        });
    }

    @Test
    @DisplayName("REC-3: closing during the wait ends it at once, says so at INFO, and waits for no look that hangs")
    void closingDuringTheWaitEndsIt() {
        var looking = new CountDownLatch(1);
        var forever = new CountDownLatch(1);
        try (var lines = new LogLines("run.boot")) {
            var boot = new Boot(() -> {
                looking.countDown();
                try {
                    forever.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return Optional.empty();
            }, List.of(stage(CLEAN)), time);
            boot.start();
            await().until(() -> looking.getCount() == 0);
            boot.close();
            assertThat(lines.lines()).anyMatch(line -> line.startsWith("INFO ends before anything was started"));
        }
        forever.countDown();
        assertThat(passes).hasValue(0);
    }

    @Test
    @DisplayName("REC-2: people are told what is waited for, and warned once when it is given up")
    void whatIsWaitedForIsSaid() {
        var boot = new Boot(() -> Optional.of("there is no file /run/ready"), List.of(stage(CLEAN)), time);
        boot.start();
        await().until(() -> boot.waitsFor().equals(Optional.of("nothing is started yet: there is no file /run/ready")));
        await().until(() -> {
            time.advance(Duration.ofMinutes(10));
            return passes.get() >= 1;
        });
        assertThat(boot.waitsFor()).isEmpty();
        assertThat(log.lines()).filteredOn(line -> line.startsWith("INFO waits before")).hasSize(1);
        assertThat(log.lines()).filteredOn(line -> line.startsWith("WARN waited 30 min, starts anyway")).hasSize(1);
        boot.close();
    }

    @Test
    @DisplayName("REC-6: closing between passes returns promptly")
    void closingBetweenPassesReturnsPromptly() {
        Boot boot = boot(stage(CLEAN));
        boot.start();
        awaitPasses(1);
        boot.close();
        time.advance(Duration.ofMinutes(5));
        assertThat(passes).hasValue(1);
    }

    @Test
    @DisplayName("REC-7: closing waits for the pass that runs, which is not interrupted; no other follows")
    void closingWaitsForThePass() throws InterruptedException {
        var pulling = new CountDownLatch(1);
        var pulled = new CountDownLatch(1);
        var ends = new CopyOnWriteArrayList<String>();
        Boot boot = boot(new Stage("apps", () -> {
            passes.incrementAndGet();
            pulling.countDown();
            try {
                pulled.await();
                ends.add("pulled");
            } catch (InterruptedException e) {
                ends.add("interrupted");
            }
            return PassReport.NOTHING;
        }));
        boot.start();
        pulling.await();
        Thread closing = Thread.ofVirtual().start(() -> {
            boot.close();
            ends.add("closed");
        });
        await().until(() -> closing.getState() == Thread.State.WAITING);
        pulled.countDown();
        closing.join();
        time.advance(Duration.ofMinutes(5));
        assertThat(ends).containsExactly("pulled", "closed");
        assertThat(passes).hasValue(1);
    }

    @Test
    @DisplayName("REC-8: a stage that fails every time does not stop the loop")
    void aFailingPassDoesNotStopTheLoop() {
        Boot boot = boot(new Stage("apps", () -> {
            passes.incrementAndGet();
            throw new IllegalStateException("no runtime");
        }));
        boot.start();
        awaitPasses(1);
        awaitNextPass(2);
        awaitNextPass(3);
        boot.close();
    }

    @Test
    @DisplayName("REC-9: an error that nobody expects in one stage leaves the others, is reported, and the loop goes on")
    void anErrorInOneStageLeavesTheOthers() {
        Boot boot = boot(new Stage("catalogue", () -> {
            throw new AssertionError("a fault");
        }), stage(CLEAN));
        boot.start();
        awaitPasses(1);
        await().until(() -> !boot.last().failures().isEmpty());
        assertThat(boot.last().failures()).containsExactly(new PassReport.Failed("catalogue", "a fault"));
        assertThat(boot.last().actions()).isEqualTo(CLEAN.actions());
        awaitNextPass(2);
        boot.close();
    }

    @Test
    @DisplayName("REC-10: stages follow each other in their order, in the same pass")
    void stagesFollowEachOther() {
        var order = new CopyOnWriteArrayList<String>();
        Boot boot = boot(named(order, "catalogue"), named(order, "apps"), named(order, "companions"));
        boot.start();
        await().until(() -> order.size() == 3);
        boot.close();
        assertThat(order).containsExactly("catalogue", "apps", "companions");
    }

    private static Stage named(List<String> order, String name) {
        return new Stage(name, () -> {
            order.add(name);
            return PassReport.NOTHING;
        });
    }

    @Test
    @DisplayName("REC-12: each action is logged at DEBUG; a clean pass at DEBUG with its count")
    void aCleanPassIsQuiet() {
        Boot boot = boot(stage(CLEAN));
        boot.start();
        await().until(() -> log.lines().contains("DEBUG pass: count=3"));
        boot.close();
        assertThat(log.lines()).contains("DEBUG pass: start shop/web/1").noneMatch(line -> line.startsWith("WARN"));
    }

    @Test
    @DisplayName("REC-12: each failure is logged at WARN, and the pass at WARN with ok and failed")
    void aPassWithFailuresWarns() {
        Boot boot = boot(stage(FAILED));
        boot.start();
        await().until(() -> log.lines().contains("WARN pass: ok=60 failed=2"));
        boot.close();
        assertThat(log.lines()).contains("WARN not as it should be: subject=shop/web/1 reason=failed: no disk",
                "WARN not as it should be: subject=wiki/db/1 reason=unknown: no answer");
    }

    @Test
    @DisplayName("REC-14: starting it a second time is refused, and there is one loop")
    void startingTwiceIsRefused() {
        Boot boot = boot(stage(CLEAN));
        boot.start();
        assertThatThrownBy(boot::start).isInstanceOf(IllegalStateException.class).hasMessageContaining("it has started already");
        awaitPasses(1);
        boot.close();
    }

    @Test
    @DisplayName("REC-15: the wait and the stages are arguments of the one constructor; nothing else turns them off")
    void onlyTheConstructorSaysWhatIsWaitedForAndPassed() {
        assertThat(Boot.class.getConstructors()).hasSize(1);
        assertThat(Arrays.stream(Boot.class.getMethods()).filter(method -> method.getDeclaringClass() == Boot.class)
                .filter(method -> Modifier.isPublic(method.getModifiers())).map(java.lang.reflect.Method::getName))
                .containsExactlyInAnyOrder("start", "ask", "waitsFor", "last", "close");
    }
}
