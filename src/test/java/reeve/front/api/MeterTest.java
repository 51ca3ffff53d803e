package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.SystemTime;
import reeve.declare.manifest.ManifestReader;
import reeve.model.ManifestSource;
import reeve.model.wire.UsageRow;
import reeve.testing.FakeNode;
import reeve.testing.VirtualTime;

class MeterTest {
    private final FakeNode node = new FakeNode(Path.of("/nowhere"));

    private void runsAnApp() {
        var source = new ManifestSource(Path.of("/srv/reeve.yaml"), "name: wiki\nservices: { web: { command: [web] } }\n", Map.of());
        node.apply(source, ((ManifestReader.Result.Read) new ManifestReader().read(source)).spec());
    }

    @Test
    void theFirstLookIsMeasuredTwiceAndLaterOnesCompareWithTheOneBefore() {
        runsAnApp();
        try (var time = new SystemTime()) {
            var meter = new Meter(node, time);
            List<UsageRow> first = meter.look();
            assertThat(first).hasSize(1);
            assertThat(first.getFirst().cpuPercent()).isPositive();
            assertThat(first.getFirst().memoryBytes()).isEqualTo(1572864);
            assertThat(meter.look()).as("whoever looks soon after sees the same").isSameAs(first);
        }
    }

    @Test
    void nothingIsMeasuredWhileNobodyLooks() {
        runsAnApp();
        var time = new VirtualTime();
        var meter = new Meter(node, time);
        Thread.ofVirtual().start(meter::look);
        await().until(() -> {
            time.advance(Duration.ofMillis(250));
            return node.measured() == 2;
        });
        time.advance(Duration.ofMinutes(5));
        assertThat(node.measured()).isEqualTo(2);
    }

    @Test
    @DisplayName("SUP-20: a runtime that does not answer keeps no page from being shown")
    void aMeasurementThatHangsIsNotWaitedFor_SUP_20() {
        runsAnApp();
        var hangs = new CountDownLatch(1);
        node.measuring = hangs;
        try (var time = new SystemTime()) {
            var meter = new Meter(node, time);
            for (int i = 0; i < 3; i++) {
                assertThat(meter.look()).isEmpty();
            }
            hangs.countDown();
            await().untilAsserted(() -> assertThat(meter.look()).hasSize(1));
            assertThat(node.measured()).as("one measurement at a time").isLessThan(4);
        }
    }
}
