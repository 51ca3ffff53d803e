package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.base.SystemTime;
import reeve.model.AccessFormat;
import reeve.model.InstanceState;
import reeve.serve.route.Route;
import reeve.testing.RawBackend;

@Tag("it")
@Timeout(30)
class AccessFormatsTest {
    private static final String TIME = "\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000]";

    private static String logged(AccessFormat format, String request) throws IOException {
        try (var fixture = new ProxyFixture(new SystemTime(), settings -> settings.withNotes(ProxyNotes.STANDARD.withLog(format)));
                var backend = RawBackend.answering(_ -> RawBackend.ok("hello"))) {
            fixture.toService(false, new Route.Availability.Serving(), InstanceState.RUNNING, backend.address());
            fixture.ask(request);
            await().until(() -> fixture.logged().endsWith("\n"));
            return fixture.logged().replace(backend.address().toString(), "BACKEND");
        }
    }

    @Test
    void theCommonLogFormat() throws IOException {
        String ada = Base64.getEncoder().encodeToString("ada:secret".getBytes(StandardCharsets.UTF_8));
        assertThat(logged(AccessFormat.COMMON, "GET /p?q HTTP/1.1\r\nHost: a\r\nAuthorization: Basic " + ada + "\r\n\r\n"))
                .matches("127\\.0\\.0\\.1 - ada " + TIME + " \"GET /p\\?q HTTP/1\\.1\" 200 5\n");
    }

    @Test
    void theCombinedFormat() throws IOException {
        assertThat(logged(AccessFormat.COMBINED, "GET / HTTP/1.0\r\nUser-Agent: curl/8\r\nreferer: http://b/\r\n\r\n"))
                .matches("127\\.0\\.0\\.1 - - " + TIME + " \"GET / HTTP/1\\.0\" 200 5 \"http://b/\" \"curl/8\"\n");
        assertThat(logged(AccessFormat.COMBINED, ProxyFixture.get("/"))).endsWith(" 200 5 \"-\" \"-\"\n");
    }

    @Test
    @DisplayName("dynamicproxy's line")
    void theLineOfDynamicproxy() throws IOException {
        var format = new AccessFormat.Text("$host $remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
                + "\"$http_referer\" \"$http_user_agent\" (backend $upstream_addr)");
        assertThat(logged(format, "GET /x HTTP/1.1\r\nHost: Tool.Example.org:81\r\nUser-Agent: a\r\n\r\n"))
                .matches("tool\\.example\\.org 127\\.0\\.0\\.1 - - " + TIME
                        + " \"GET /x HTTP/1\\.1\" 200 5 \"-\" \"a\" \\(backend BACKEND\\)\n");
    }

    @Test
    void everyVariableSaysSomething() throws IOException {
        var format = new AccessFormat.Text("$request_method $request_uri $server_protocol $scheme $service $instance $held_time "
                + "$request_time $msec $time_iso8601 $request_id$server_port");
        assertThat(logged(format, ProxyFixture.get("/"))).matches("GET / HTTP/1\\.1 http wiki/web 1 0\\.000 0\\.\\d{3} \\d{10}\\.\\d{3} "
                + "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+00:00 -\\d+\n");
    }

    @Test
    @DisplayName("log injection: what a client sends can neither end a line nor leave its place in it")
    void whatAClientSendsStaysInItsPlace() throws IOException {
        String evil = "a\" 200 0 \"b\\\t\u00e9\u007f";
        String user = Base64.getEncoder().encodeToString("x\n127.0.0.1 - root:".getBytes(StandardCharsets.UTF_8));
        String request = "GET /\"\\x HTTP/1.1\r\nHost: a\r\nUser-Agent: " + evil.replace("\u007f", "") + "\r\nAuthorization: Basic " + user
                + "\r\n\r\n";
        assertThat(logged(AccessFormat.COMBINED, request)).matches("127\\.0\\.0\\.1 - x\\\\x0A127\\.0\\.0\\.1 - root " + TIME
                + " \"GET /\\\\x22\\\\x5Cx HTTP/1\\.1\" 200 5 \"-\" \"a\\\\x22 200 0 \\\\x22b\\\\x5C\\\\x09\\\\xE9\"\n");
        assertThat(logged(new AccessFormat.Json(List.of("User-Agent", "Referer", "Host")), request))
                .contains("\"target\":\"/\\\"\\\\x\"")
                .endsWith(",\"headers\":{\"user-agent\":\"a\\\" 200 0 \\\"b\\\\\\u0009\\u00e9\",\"host\":\"a\"}}\n");
    }

    @Test
    void whatIsNoRequestIsLoggedToo() throws IOException {
        assertThat(logged(AccessFormat.COMBINED, "nonsense\r\n\r\n")).matches("127\\.0\\.0\\.1 - - " + TIME + " \"-\" 400 0 \"-\" \"-\"\n");
        assertThat(logged(new AccessFormat.Json(List.of("host")), "nonsense\r\n\r\n")).contains("\"method\":\"\"", "\"status\":400")
                .endsWith("}\n");
    }
}
