package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reeve.base.SystemTime;
import reeve.model.Address;
import reeve.model.RouteSpec;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Routes change under streams: those of backends that are taken away end after their grace, no other is touched.
@Tag("it")
class RemovedBackendsTest {
    private static final String UPGRADE = "GET /%s HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    private static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

    private static void publish(ProxyFixture proxy, RawBackend one, RawBackend other, String... paths) {
        var routes = new ArrayList<Route>();
        for (String path : paths) {
            Address to = path.equals("one") ? one.address() : other.address();
            routes.add(new Route(new RouteSpec("*", "/" + path), new Route.ToExternal(to)));
        }
        proxy.sources.publish("apps", routes);
    }

    /// Says again what it hears.
    private static RawBackend echo() throws IOException {
        return RawBackend.serving((connection, _) -> {
            connection.readMessage();
            connection.send(SWITCHED);
            while (true) {
                connection.send(connection.read(1));
            }
        });
    }

    private static RawConnection tunnel(ProxyFixture proxy, String path) throws IOException {
        RawConnection client = proxy.connect().send(UPGRADE.formatted(path));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        return client;
    }

    private static void hears(RawConnection client) throws IOException {
        assertThat(client.send("you").read(3)).isEqualTo("you");
    }

    @Test
    void onlyStreamsOfRemovedBackendsEndAndTheyHaveTheirGrace() throws IOException {
        try (var time = new SystemTime(); var proxy = new ProxyFixture(time, UnaryOperator.identity(), Duration.ofMillis(1500));
                RawBackend one = echo(); RawBackend other = echo()) {
            publish(proxy, one, other, "one", "other");
            try (RawConnection first = tunnel(proxy, "one"); RawConnection second = tunnel(proxy, "other")) {
                publish(proxy, one, other, "other");
                hears(first);
                publish(proxy, one, other, "one", "other"); // it comes back within its grace
                assertThat(endsSoon(first)).isFalse();
                hears(first);
                publish(proxy, one, other, "other");
                assertThat(endsSoon(first)).isTrue();
                hears(second);
                assertThat(proxy.inFlight()).isEqualTo(1);
            }
        }
    }

    /// Soon after the grace.
    private static boolean endsSoon(RawConnection client) throws IOException {
        client.patience(Duration.ofSeconds(3));
        return client.ended();
    }
}
