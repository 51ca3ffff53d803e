package reeve.declare.settings;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.SettingsReader.Result;
import reeve.model.Address;
import reeve.model.AddressRange;
import reeve.model.CertificateFiles;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Webhook;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsReaderTest {
    private static final Machine USER = new Machine(false, Path.of("/home/ada"), Path.of("/tmp/here"), "ada.lan", Map.of());
    private static final Machine ROOT = new Machine(true, Path.of("/home/ada"), Path.of("/tmp/here"), "gate way!", Map.of());

    private static Machine with(Map<String, String> variables) {
        return new Machine(false, USER.home(), USER.workingDirectory(), USER.hostName(), variables);
    }

    private static Optional<SettingsReader.Text> file(String text) {
        return Optional.of(new SettingsReader.Text(Path.of("/etc/reeve/node.yaml"), text));
    }

    private static Settings settings(Result result) {
        return switch (result) {
            case Result.Read(Settings settings) -> settings;
            case Result.Refused(List<String> errors) -> throw new AssertionError(errors);
        };
    }

    private static List<String> errors(Result result) {
        return switch (result) {
            case Result.Read(Settings settings) -> throw new AssertionError(settings);
            case Result.Refused(List<String> errors) -> errors;
        };
    }

    @Test
    void rootAndUsersHaveTheirOwnDefaults() {
        Settings user = settings(SettingsReader.read(USER, Optional.empty(), Map.of()));
        Settings root = settings(SettingsReader.read(ROOT, Optional.empty(), Map.of()));
        Settings session = settings(
                SettingsReader.read(with(Map.of("XDG_STATE_HOME", "/s", "XDG_RUNTIME_DIR", "/r")), Optional.empty(), Map.of()));

        assertThat(user.state()).isEqualTo(Path.of("/home/ada/.local/state/reeve"));
        assertThat(user.socket()).isEqualTo(Path.of("/home/ada/.local/state/reeve/reeve.sock"));
        assertThat(user.name()).isEqualTo(new NodeName("ada.lan"));
        assertThat(user.http()).isEqualTo(new Listener(Address.loopback(8080), true));
        assertThat(user.admin()).isEqualTo(new Listener(Address.loopback(9080), true));
        assertThat(user.accessLog()).isEqualTo(new AccessLog.ToFile(Path.of("/home/ada/.local/state/reeve/access.log")));
        assertThat(root.state()).isEqualTo(Path.of("/var/lib/reeve"));
        assertThat(root.socket()).isEqualTo(Path.of("/run/reeve/reeve.sock"));
        assertThat(root.name()).isEqualTo(new NodeName("gate-way-"));
        assertThat(session.state()).isEqualTo(Path.of("/s/reeve"));
        assertThat(session.socket()).isEqualTo(Path.of("/r/reeve/reeve.sock"));
    }

    @Test
    void theDefaultFileDependsOnTheUser() {
        assertThat(ROOT.configuration()).isEqualTo(Path.of("/etc/reeve/node.yaml"));
        assertThat(USER.configuration()).isEqualTo(Path.of("/home/ada/.config/reeve/node.yaml"));
        assertThat(with(Map.of("XDG_CONFIG_HOME", "/c")).configuration()).isEqualTo(Path.of("/c/reeve/node.yaml"));
        assertThat(with(Map.of("XDG_CONFIG_HOME", "relative")).configuration()).isEqualTo(Path.of("/home/ada/.config/reeve/node.yaml"));
    }

    @Test
    void everySettingIsReadFromTheFile() {
        Settings settings = settings(SettingsReader.read(USER, file("""
                name: gateway-1
                class: cloud-engine
                labels: { rack: r1 }
                features: { gateway: true, other: false }
                values:
                  plain: text
                  text: { text: more text }
                  file: { file: token }
                  command: { command: [cat, /etc/region] }
                http: 0.0.0.0:80
                https: 0.0.0.0:443
                certificates: [ { certificate: a.pem, key: /keys/a.key }, { certificate: /b.pem, key: /b.pem } ]
                tls: { redirect: false, hsts: 30m }
                admin: "[::1]:9000"
                state: /srv/reeve
                socket: reeve.sock
                access_log: off
                proxy: { connect_timeout: 1s, response_timeout: 2m, idle_timeout: 3m, held_requests: 4, held_requests_per_service: 2,
                  http2_streams: 3,
                  connections_per_client: 5, min_rate: 6, min_rate_window: 7s,
                  trusted: [10.0.0.0/8, "::1"], proxy_protocol: true, underscores: true, request_id: X-Id,
                  request_id_from: anybody, upgrade_grace: 1h, removed_grace: 9s, shared_port: true }
                metrics: { orchestrator_label: process, routes: 7 }
                tracing: { enabled: true, from: nobody, percent: 5, otlp: "http://localhost:4318" }
                catalog: [catalog, /usr/share/catalog]
                boot: { wait_for: { command: [recovered] } }
                podman: { socket: podman.sock, program: /opt/podman, auth_file: auth.json }
                webhooks:
                  - { url: "https://hooks.example.org/s3cret", on: [failed, deployed], token_file: hook, timeout: 2s }
                  - { url: "http://127.0.0.1:9/x", headers_file: /h }
                """), Map.of()));

        assertThat(settings).isEqualTo(new Settings(new NodeName("gateway-1"), "cloud-engine", Map.of("rack", "r1"),
                Map.of("gateway", true, "other", false),
                Map.of("plain", new ValueSource.Text("text"), "text", new ValueSource.Text("more text"),
                        "file", new ValueSource.FromFile(Path.of("/etc/reeve/token")),
                        "command", new ValueSource.FromCommand(List.of("cat", "/etc/region"))),
                new Listener(new Address("0.0.0.0", 80), false),
                new TlsRules(Optional.of(new Listener(new Address("0.0.0.0", 443), false)), List.of(
                        new CertificateFiles(Path.of("/etc/reeve/a.pem"), Path.of("/keys/a.key")),
                        new CertificateFiles(Path.of("/b.pem"), Path.of("/b.pem"))), false, Optional.of(Duration.ofMinutes(30))),
                new Listener(new Address("::1", 9000), false),
                Path.of("/srv/reeve"), Path.of("/etc/reeve/reeve.sock"), new AccessLog.Off(),
                new ProxyLimits(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofMinutes(3), 4, 2, 3,
                        new ProxyTrust(List.of(AddressRange.parse("10.0.0.0/8"), AddressRange.parse("::1")), true, true),
                        new ProxyNotes(Optional.of("X-Id"), ProxyNotes.Believed.ANYBODY, 7, new ProxyNotes.Tracing(true,
                                ProxyNotes.Believed.NOBODY, 5, Optional.of(URI.create("http://localhost:4318")))),
                        new ProxyFairness(5, 6, Duration.ofSeconds(7)),
                        new ProxyChanges(Duration.ofHours(1), Duration.ofSeconds(9), true)),
                Optional.of("process"),
                List.of(Path.of("/etc/reeve/catalog"), Path.of("/usr/share/catalog")),
                List.of(new Webhook(URI.create("https://hooks.example.org/s3cret"),
                        Set.of(Webhook.Occasion.FAILED, Webhook.Occasion.DEPLOYED), Optional.of(Path.of("/etc/reeve/hook")),
                        Optional.empty(), Duration.ofSeconds(2)),
                        new Webhook(URI.create("http://127.0.0.1:9/x"), Set.of(Webhook.Occasion.values()), Optional.empty(),
                        Optional.of(Path.of("/h")), Duration.ofSeconds(10))),
                Optional.of(new ValueSource.FromCommand(List.of("recovered"))),
                new PodmanSettings(Optional.of(Path.of("/etc/reeve/podman.sock")), "/opt/podman",
                        Optional.of(Path.of("/etc/reeve/auth.json"))),
                Optional.of(Path.of("/etc/reeve/node.yaml"))));
    }

    @Test
    void aCertificateNeedsItsKey() {
        assertThat(errors(SettingsReader.read(USER, file("""
                certificates: [ { certificate: a.pem } ]
                """), Map.of()))).singleElement().asString().contains("node.yaml:1:").endsWith("needs a key");
    }

    @Test
    void whatIsWrongWithAWebhookIsSaidWithoutItsUrl() {
        assertThat(errors(SettingsReader.read(USER, file("""
                webhooks:
                  - { on: failed }
                  - { url: "ftp://hooks.example.org/s3cret" }
                  - { url: "https://me:s3cret@hooks.example.org/" }
                  - { url: "https://hooks example org/s3cret" }
                  - { url: "https://hooks.example.org/s3cret", on: [faild] }
                  - { url: "https://hooks.example.org/s3cret", on: [] }
                """), Map.of()))).hasSize(6).noneMatch(error -> error.contains("s3cret"))
                .anyMatch(error -> error.contains(":2:") && error.endsWith("needs a url"))
                .anyMatch(error -> error.contains(":6:") && error.contains("did you mean 'failed'"));
    }

    @Test
    void flagsWinOverVariablesOverTheFileOverDefaults() {
        Machine machine = with(Map.of("REEVE_SOCKET", "/variable.sock"));
        var file = file("socket: /file.sock\nhttp: 127.0.0.1:1\nstate: /file\n");

        assertThat(settings(SettingsReader.read(machine, file, Map.of("--socket", "flag.sock"))).socket())
                .isEqualTo(Path.of("/tmp/here/flag.sock"));
        assertThat(settings(SettingsReader.read(machine, file, Map.of())).socket()).isEqualTo(Path.of("/variable.sock"));
        assertThat(settings(SettingsReader.read(USER, file, Map.of())).socket()).isEqualTo(Path.of("/file.sock"));
        Settings flagged = settings(SettingsReader.read(USER, file, Map.of("--http", "127.0.0.1:2", "--state", "s")));
        assertThat(flagged.http()).isEqualTo(new Listener(Address.loopback(2), false));
        assertThat(flagged.accessLog()).isEqualTo(new AccessLog.ToFile(Path.of("/tmp/here/s/access.log")));
    }

    @Test
    void everythingWrongIsSaidAtOnceWithItsPlace() {
        assertThat(errors(SettingsReader.read(USER, file("""
                nmae: x
                http: everywhere
                features: { gateway: maybe }
                values:
                  both: { text: a, file: b }
                  none: { command: [] }
                  bad name: x
                proxy: { conect_timeout: 1s, response_timeout: soon, held_requests: -1 }
                access_log: [a]
                """), Map.of("--admin", "9080", "--nonsense", "x")))).containsExactlyInAnyOrder(
                "--admin: cannot read '9080' as an address: expected HOST:PORT",
                "--nonsense: unknown flag",
                "/etc/reeve/node.yaml:1:1: nmae: unknown key; did you mean 'name'? allowed: name, class, labels, features, values, "
                        + "http, https, certificates, tls, admin, state, socket, access_log, proxy, tracing, metrics, "
                        + "catalog, webhooks, podman, boot",
                "/etc/reeve/node.yaml:2:7: http: cannot read 'everywhere' as an address: expected HOST:PORT",
                "/etc/reeve/node.yaml:3:22: features.gateway: cannot read 'maybe': allowed are true and false",
                "/etc/reeve/node.yaml:5:9: values.both: needs exactly one of text, file, command",
                "/etc/reeve/node.yaml:6:20: values.none.command: needs a program to run",
                "/etc/reeve/node.yaml:7:3: values.bad name: cannot use 'bad name' as a name: "
                        + "allowed are letters, digits, '.', '_' and '-', at most 63",
                "/etc/reeve/node.yaml:8:10: proxy.conect_timeout: unknown key; did you mean 'connect_timeout'? "
                        + "allowed: " + Definitions.ALL.stream().map(Setting::key).filter(key -> key.startsWith("proxy."))
                        .map(key -> key.substring(6)).collect(Collectors.joining(", ")),
                "/etc/reeve/node.yaml:8:48: proxy.response_timeout: cannot read 'soon': "
                        + "allowed is a duration such as 250ms, 10s, 1m30s or 1h",
                "/etc/reeve/node.yaml:8:69: proxy.held_requests: cannot read '-1': allowed is a number from 0 to 1000000",
                "/etc/reeve/node.yaml:9:13: access_log: expected a text, found a list");
    }

    @Test
    void aBrokenFileIsOneError() {
        assertThat(errors(SettingsReader.read(USER, file("name: [a"), Map.of()))).singleElement().asString()
                .startsWith("/etc/reeve/node.yaml:1:9: cannot read YAML: ");
    }

    @Test
    void onlyTheDefaultFileMayBeAbsent(@TempDir Path folder) throws IOException {
        var machine = new Machine(false, folder, folder, "node", Map.of());

        assertThat(settings(SettingsReader.load(machine, Optional.empty(), Map.of())).file()).isEmpty();
        assertThat(errors(SettingsReader.load(machine, Optional.of(Path.of("my.yaml")), Map.of())))
                .containsExactly("cannot read the configuration " + folder + "/my.yaml: there is no such file");

        Files.writeString(folder.resolve("my.yaml"), "class: small");
        Settings named = settings(SettingsReader.load(machine, Optional.of(Path.of("my.yaml")), Map.of()));
        assertThat(named.nodeClass()).isEqualTo("small");
        assertThat(named.file()).contains(folder.resolve("my.yaml"));
        assertThat(errors(SettingsReader.load(machine, Optional.of(folder), Map.of()))).singleElement().asString().contains("cannot read");
    }

    @Test
    void factsOfTheNodeAreItsSettingsWithValuesLookedUp() {
        Settings settings = settings(SettingsReader.read(USER, file("class: big\nvalues: { a: text, b: { file: /none } }"), Map.of()));

        NodeFacts facts = settings.facts(source -> switch (source) {
            case ValueSource.Text(String text) -> new NodeFacts.Known(text);
            case ValueSource.FromFile(Path path) -> new NodeFacts.Missing("there is no " + path);
            case ValueSource.FromCommand _ -> new NodeFacts.Unknown("not now");
        });

        assertThat(facts).isEqualTo(new NodeFacts(new NodeName("ada.lan"), "big", Map.of(), Map.of(),
                Map.of("a", new NodeFacts.Known("text"), "b", new NodeFacts.Missing("there is no /none"))));
    }
}
