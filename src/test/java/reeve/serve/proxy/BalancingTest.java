package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.Address;
import reeve.model.Balance;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

/// Which of several real backends gets a request.
@Tag("it")
@Timeout(30)
class BalancingTest {
    private static final Balance STICKY = new Balance(new Balance.Choice.LeastRequests(), "seat");

    private final ProxyFixture fixture = new ProxyFixture();
    private final List<RawBackend> backends = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        for (int i = 1; i <= 3; i++) {
            String name = String.valueOf(i);
            backends.add(RawBackend.answering(_ -> RawBackend.ok(name)));
        }
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
        for (RawBackend backend : backends) {
            backend.close();
        }
    }

    private void balance(Balance balance, int count) {
        fixture.balanced(balance, backends.subList(0, count).stream().map(RawBackend::address).toArray(Address[]::new));
    }

    private static String get(String fields) {
        return "GET / HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
    }

    private String body(String fields) throws IOException {
        return fixture.ask(get(fields)).body();
    }

    @Test
    void roundRobinGivesEachTheSame() throws IOException {
        balance(new Balance(new Balance.Choice.RoundRobin(), ""), 3);
        var counts = new TreeMap<String, Integer>();
        try (RawConnection client = fixture.connect()) {
            for (int i = 0; i < 30; i++) {
                counts.merge(client.send(get("")).readMessage().body(), 1, Integer::sum);
            }
        }
        assertThat(counts).isEqualTo(Map.of("1", 10, "2", 10, "3", 10));
    }

    @Test
    void theSameHeaderOrCookieOrClientLeadsToTheSameInstance() throws IOException {
        for (Balance.Key key : List.of(new Balance.Key.Header("X-Tenant"), new Balance.Key.Cookie("tenant"))) {
            balance(new Balance(new Balance.Choice.Hash(key), ""), 3);
            var seen = new HashSet<String>();
            for (int tenant = 0; tenant < 20; tenant++) {
                String fields = key instanceof Balance.Key.Header ? "x-tenant: t" + tenant + "\r\n"
                        : "Cookie: other=1; tenant=t" + tenant + "; xtenant=" + tenant + "\r\n";
                String first = body(fields);
                seen.add(first);
                assertThat(body(fields)).isEqualTo(first);
                assertThat(body("A: b\r\n" + fields.replace("other=1", "other=2"))).isEqualTo(first);
            }
            assertThat(seen).as(key.toString()).hasSize(3);
        }
        balance(new Balance(new Balance.Choice.Hash(new Balance.Key.Client()), ""), 3);
        String first = body("");
        for (int i = 0; i < 20; i++) {
            assertThat(body("")).isEqualTo(first);
        }
    }

    @Test
    void aClientIsGivenACookieOnceAndComesBackToItsInstance() throws IOException {
        balance(STICKY, 3);
        var seen = new HashSet<String>();
        for (int i = 0; i < 30; i++) {
            RawConnection.Message first = fixture.ask(get(""));
            seen.add(first.body());
            assertThat(first.header("Set-Cookie")).matches("seat=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax");
            String cookie = first.header("Set-Cookie").split(";")[0];
            RawConnection.Message again = fixture.ask(get("Cookie: a=b; seat=; seat=0123456789abcdef;" + cookie + "\r\n"));
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.header("Set-Cookie")).isEmpty();
        }
        assertThat(seen).hasSize(3);
        assertThat(backends.getFirst().requests()).allSatisfy(request -> assertThat(request.head()).doesNotContain("Set-Cookie"));
    }

    @Test
    void aClientOfAnInstanceThatIsGoneGetsAnother() throws IOException {
        balance(STICKY, 3);
        RawConnection.Message first = fixture.ask(get(""));
        while (!first.body().equals("3")) {
            first = fixture.ask(get(""));
        }
        String cookie = first.header("Set-Cookie").split(";")[0];
        balance(STICKY, 2);
        RawConnection.Message moved = fixture.ask(get("Cookie: " + cookie + "\r\n"));
        assertThat(moved.body()).isIn("1", "2");
        String second = moved.header("Set-Cookie").split(";")[0];
        assertThat(second).isNotEqualTo(cookie).startsWith("seat=");
        assertThat(fixture.ask(get("Cookie: " + second + "\r\n")).body()).isEqualTo(moved.body());
    }

    @Test
    void anAnswerOfTheProxysOwnSetsNoCookie() throws IOException {
        backends.getFirst().close();
        balance(STICKY, 1);
        RawConnection.Message refused = fixture.ask(get(""));
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.header("Set-Cookie")).isEmpty();
    }
}
