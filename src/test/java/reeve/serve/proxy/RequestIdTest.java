package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.model.AddressRange;
import reeve.serve.proxy.ProxyNotes.Believed;
import reeve.testing.RawBackend;
import reeve.testing.RawConnection;

@Tag("it")
@Timeout(30)
class RequestIdTest {
    private static ProxyFixture fixture(Believed believed, boolean trusted) {
        return new ProxyFixture(new SystemTime(), settings -> settings
                .withNotes(ProxyNotes.STANDARD.withRequestIds(new ProxyNotes.Ids("X-Request-Id", believed)))
                .withEdge(new ProxySettings.Edge(trusted ? List.of(AddressRange.parse("127.0.0.0/8")) : List.of(), false, false)));
    }

    private static String asked(ProxyFixture fixture, String sent) throws IOException {
        try (fixture; var backend = RawBackend.answering(request -> RawBackend.ok(
                request.head().split("X-Request-Id: ").length + request.header("X-Request-Id")))) {
            RawConnection.Message answer = fixture.to(backend.address()).ask("GET / HTTP/1.1\r\nHost: a\r\n" + sent + "\r\n");
            String id = answer.header("X-Request-Id");
            assertThat(answer.body()).as("the backend knows the same, once").isEqualTo("2" + id);
            await().untilAsserted(() -> assertThat(fixture.logged()).contains(",\"request_id\":\"" + id + "\"}"));
            return id;
        }
    }

    @Test
    void aRequestWithoutAnIdGetsOne() throws IOException {
        assertThat(asked(fixture(Believed.TRUSTED, false), "")).matches("[0-9a-f]{32}");
        assertThat(asked(fixture(Believed.NOBODY, false), "")).matches("[0-9a-f]{32}");
    }

    @Test
    void anIdIsBelievedOfWhoIsBelieved() throws IOException {
        String sent = "x-request-id: a-1/b=\r\n";
        assertThat(asked(fixture(Believed.TRUSTED, true), sent)).isEqualTo("a-1/b=");
        assertThat(asked(fixture(Believed.ANYBODY, false), sent)).isEqualTo("a-1/b=");
        assertThat(asked(fixture(Believed.TRUSTED, false), sent)).matches("[0-9a-f]{32}");
        assertThat(asked(fixture(Believed.NOBODY, true), sent)).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "<script>", "a,b", "\u00e4", "{x}", "a\\b"})
    void whatLooksLikeNoIdIsReplaced(String sent) throws IOException {
        assertThat(asked(fixture(Believed.ANYBODY, false), "X-Request-Id: " + sent + "\r\n")).matches("[0-9a-f]{32}");
    }

    @Test
    void anIdThatIsTooLongIsReplaced() throws IOException {
        assertThat(asked(fixture(Believed.ANYBODY, false), "X-Request-Id: " + "a".repeat(129) + "\r\n")).matches("[0-9a-f]{32}");
    }

    @Test
    void answersOfReevesOwnCarryIt() throws IOException {
        try (ProxyFixture fixture = fixture(Believed.TRUSTED, false)) {
            RawConnection.Message answer = fixture.ask(ProxyFixture.get("/"));
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("X-Request-Id")).matches("[0-9a-f]{32}");
        }
    }
}
