package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import reeve.model.ServiceId;

class AnswerCountsTest {
    private static final ServiceId WEB = ServiceId.of("shop", "web");

    @Test
    void answersAreCountedByServiceAndClass() {
        var counts = new AnswerCounts();
        counts.of(WEB).add(200);
        counts.of(WEB).add(204);
        counts.of(WEB).add(499);
        counts.of(WEB).add(0); // nothing a server may send
        counts.of(null).add(404);

        var seen = new TreeMap<String, Long>();
        counts.visit((service, status, requests) -> seen.put(service.map(ServiceId::toString).orElse("-") + " " + status, requests));
        assertThat(seen).hasToString("{- 4xx=1, shop/web 2xx=2, shop/web 4xx=1, shop/web 5xx=1}");
    }
}
