package reeve.serve.proxy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import reeve.model.RouteSpec;

import static org.assertj.core.api.Assertions.assertThat;

class RouteCountsTest {
    private static List<String> told(RouteCounts counts) {
        var told = new ArrayList<String>();
        counts.visit(new RouteCounts.Visitor() {
            @Override
            public void requests(String route, String statusClass, long number) {
                told.add(route + " " + statusClass + " " + number);
            }

            @Override
            public void bytes(String route, long number) {
                told.add(route + " bytes " + number);
            }

            @Override
            public void durations(String route, double[] bounds, long[] counts, double seconds) {
                told.add(route + " " + Arrays.stream(counts).sum() + " of " + counts[0] + " fast and " + counts[counts.length - 1]
                        + " slow in " + seconds);
            }
        });
        return told;
    }

    @Test
    void requestsAreCountedByRouteAndClass() {
        var counts = new RouteCounts(10);
        var spec = new RouteSpec("a", "/");
        counts.of(spec).add(200, 5_000_000, 7);
        counts.of(spec).add(204, 20_000_000_000L, 0);
        counts.of(new RouteSpec("a", "/")).add(999, 0, 1);
        assertThat(told(counts)).containsExactly("a/ 2xx 2", "a/ 5xx 1", "a/ bytes 8", "a/ 3 of 2 fast and 1 slow in 20.005");
    }

    @Test
    void beyondTheBoundTheyCountTogether() {
        var counts = new RouteCounts(2);
        for (int i = 0; i < 100; i++) {
            counts.of(new RouteSpec("a", "/" + i)).add(200, 1, 1);
        }
        assertThat(told(counts)).filteredOn(line -> line.contains("2xx"))
                .containsExactlyInAnyOrder("a/0 2xx 1", "a/1 2xx 1", "others 2xx 98");
    }
}
