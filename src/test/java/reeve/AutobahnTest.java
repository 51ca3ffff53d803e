package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.ReeveProcess;

/// Autobahn's websocket cases get the same verdicts through the proxy as from the server itself. `./dev soak autobahn` runs all of them.
@Tag("it")
class AutobahnTest {
    private static final String CASES = System.getProperty("reeve.autobahn.cases", "1.1.*,2.*,5.*,7.7.*");
    private static final Path SUITES = Path.of("target", "suites").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void eachCaseHasTheSameVerdictThroughTheProxyAsWithoutIt() throws IOException, InterruptedException {
        int port = freePort();
        Process server = autobahn("server.txt", "--mode", "echoserver", "--wsuri", "ws://127.0.0.1:" + port);
        try (var reeve = new ReeveProcess(folder)) {
            Path manifest = folder.resolve("reeve.yaml");
            Files.writeString(manifest, """
                    name: autobahn
                    routes:
                      - { host: "*", to: "http://127.0.0.1:%d", request_headers: { set: { Host: "{backend}" } } }
                    """.formatted(port)); // the server insists on its own port
            reeve.up("-f", manifest.toString());
            await().atMost(Duration.ofSeconds(60)).until(() -> listens(port));
            int proxy = reeve.request("any.localhost", "/").uri().getPort();

            Map<String, Map<String, String>> verdicts = verdicts(port, proxy);

            assertThat(verdicts.get("proxy")).as("through the proxy").isEqualTo(verdicts.get("server"));
            assertThat(verdicts.get("server")).hasSizeGreaterThan(50).containsValue("OK OK");
            System.out.println("soak: " + verdicts.get("server").size() + " websocket cases have the same verdicts through the proxy: "
                    + verdicts.get("proxy").values().stream().collect(Collectors.groupingBy(verdict -> verdict, Collectors.counting())));
        } finally {
            server.destroy();
            server.waitFor(10, TimeUnit.SECONDS);
        }
    }

    /// Runs the cases against both, and reads how each behaved in the case and how it closed.
    private Map<String, Map<String, String>> verdicts(int server, int proxy) throws IOException, InterruptedException {
        Path cases = folder.resolve("cases.json");
        Path reports = folder.resolve("reports");
        Files.writeString(cases, """
                {"outdir": "%s", "options": {"failByDrop": false}, "exclude-agent-cases": {},
                 "servers": [{"agent": "server", "url": "ws://127.0.0.1:%d", "options": {"version": 18}},
                             {"agent": "proxy", "url": "ws://127.0.0.1:%d", "options": {"version": 18}}],
                 "cases": [%s], "exclude-cases": ["9.*", "12.*", "13.*"]}
                """.formatted(reports, server, proxy,
                Arrays.stream(CASES.split(",")).map(name -> '"' + name + '"').collect(Collectors.joining(", "))));
        Process client = autobahn("client.txt", "--mode", "fuzzingclient", "--spec", cases.toString());
        try {
            await("the cases end").atMost(Duration.ofMinutes(10)).until(() -> !client.isAlive()
                    || read(folder.resolve("client.txt")).contains("Unhandled Error"));
        } finally {
            client.destroyForcibly();
        }
        assertThat(reports.resolve("index.json")).as(() -> read(folder.resolve("client.txt"))).exists();
        var verdicts = new HashMap<String, Map<String, String>>();
        map(Jsonb.instance().type(Object.class).fromJson(Files.readString(reports.resolve("index.json")))).forEach((agent, results) ->
                verdicts.put(agent, map(results).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                        result -> map(result.getValue()).get("behavior") + " " + map(result.getValue()).get("behaviorClose")))));
        return verdicts;
    }

    private Process autobahn(String output, String... arguments) throws IOException {
        Path script = folder.resolve("run.py");
        Files.writeString(script, """
                import sys
                sys.path.insert(0, '%s')
                sys.argv[0] = 'wstest'
                from autobahntestsuite import wstest
                wstest.run()
                """.formatted(SUITES.resolve("autobahn")));
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens", "java.base/java.io=ALL-UNNAMED", "--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED",
                "-jar", SUITES.resolve("jython-standalone-2.7.4.jar").toString(), script.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(folder.resolve(output).toFile()).start();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
