package reeve.run.process;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.base.os.Cgroups;
import reeve.model.InstanceId;

import static org.assertj.core.api.Assertions.assertThat;

/// What a start costs: from the call until the program runs.
class StartCostTest extends RealProcessTest {

    @ParameterizedTest
    @EnumSource
    void aStartTakesMilliseconds(Shim.Interpreter interpreter) {
        ProcessDriver driver = driver(Cgroups.find(), interpreter);
        var times = new ArrayList<Duration>();
        for (int i = 1; i <= 60; i++) {
            var before = time.elapsed();
            start(driver, InstanceId.parse("wiki/web/" + i), "sleep", "600");
            times.add(time.elapsed().since(before));
        }
        times.sort(null);
        System.out.println("start by " + interpreter + ": p50 " + times.get(30).toNanos() / 1000 + " µs, p90 "
                + times.get(54).toNanos() / 1000 + " µs");
        assertThat(times.get(30)).isLessThan(Duration.ofMillis(250));
    }
}
