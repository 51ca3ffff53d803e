package reeve.base.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reeve.base.Metric;

class MetricsTest {
    private static final Metric STARTS = Metric.of("test_starts_total", "Starts.", "app", "service");
    private static final Metric OPEN = Metric.of("test_open_requests", "Open requests.", "service");

    @Test
    void whatIsCountedIsShownWithItsHelpAndType() {
        var metrics = new Metrics(List.of());
        metrics.add(STARTS, "wiki", "web");
        metrics.add(STARTS, "wiki", "web");
        metrics.add(STARTS, 0.5, "wiki", "db");

        assertThat(metrics.text()).isEqualTo("""
                # HELP test_starts_total Starts.
                # TYPE test_starts_total counter
                test_starts_total{app="wiki",service="db"} 0.5
                test_starts_total{app="wiki",service="web"} 2.0
                """);
    }

    @Test
    void whatIsShownIsReadAtEachLook() {
        var metrics = new Metrics(List.of());
        var open = new AtomicInteger(3);
        metrics.show(OPEN, values -> values.put(open.get(), "we\"b\n"));

        assertThat(metrics.text()).contains("# TYPE test_open_requests gauge\n", "test_open_requests{service=\"we\\\"b\\n\"} 3.0\n");
        open.set(4);
        assertThat(metrics.text()).contains("} 4.0\n");
    }

    @Test
    void aShownNumberThatOnlyGrowsIsACounter() {
        var metrics = new Metrics(List.of());
        metrics.show(STARTS, values -> values.put(7, "a", "b"));

        assertThat(metrics.text()).contains("# TYPE test_starts_total counter\n", "{app=\"a\",service=\"b\"} 7.0\n");
    }

    @Test
    void beyondTheBoundAllIsCountedTogether() {
        var metrics = new Metrics(List.of(), 2);
        metrics.add(STARTS, "a", "x");
        metrics.add(STARTS, "b", "x");
        metrics.add(STARTS, "c", "x");
        metrics.add(STARTS, "d", "x");
        metrics.add(STARTS, "a", "x");

        assertThat(metrics.text()).contains("{app=\"a\",service=\"x\"} 2.0\n", "{app=\"others\",service=\"others\"} 2.0\n")
                .doesNotContain("\"c\"", "\"d\"");
    }

    @Test
    void whatIsKnownIsAnnouncedBeforeItHappens() {
        var metrics = new Metrics(List.of(STARTS, OPEN));
        metrics.show(OPEN, values -> values.put(1, "web"));

        assertThat(metrics.text()).isEqualTo("""
                # HELP test_open_requests Open requests.
                # TYPE test_open_requests gauge
                test_open_requests{service="web"} 1.0
                # HELP test_starts_total Starts.
                # TYPE test_starts_total counter
                """);
    }

    @Test
    void countingNeverFails() {
        var metrics = new Metrics(List.of());
        metrics.add(STARTS, "only one label");
        metrics.add(STARTS, "wiki", "web");

        assertThat(metrics.text()).contains("{app=\"wiki\",service=\"web\"} 1.0\n").doesNotContain("only one label");
    }
}
