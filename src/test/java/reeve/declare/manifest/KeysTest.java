package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

/// What is defined, what is read and what is documented are the same keys.
class KeysTest {
    private static final Path PAGE = Path.of("docs/manifest.md");
    /// Fits no key whatever.
    private static final String WRONG = "[[[]]]";

    private static List<String> shown(String text) {
        return switch (new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of()))) {
            case Result.Read read -> read.warnings().stream().map(ManifestError::key).toList();
            case Result.Refused(List<ManifestError> errors) -> errors.stream().map(ManifestError::key).toList();
        };
    }

    private record Place(KeyTable table, String manifest) {}

    private static final String CONTAINER = "services: { web: { image: a, %s } }";
    private static final String PROCESS = "services: { web: { command: [a], %s } }";

    private static List<Place> places() {
        return List.of(
                new Place(AppKeys.TOP, "services: { web: { command: [a] } }\n%s"),
                new Place(AppKeys.VOLUME, "volumes: { a: { %s } }"),
                new Place(AppKeys.NETWORK, "networks: { a: { %s } }"),
                new Place(AppKeys.CONFIG, "configs: { a: { %s } }"),
                new Place(AppKeys.SECRET, "secrets: { a: { %s } }"),
                new Place(AppKeys.EXTERNAL_ROUTE, "routes: [{ %s }]"),
                new Place(ServiceKeys.SERVICE, "services: { web: { %s } }"),
                new Place(ServiceKeys.OWN, "services: { web: { command: [a], x-reeve: { %s } } }"),
                new Place(PartKeys.HEALTHCHECK, PROCESS.formatted("healthcheck: { %s }")),
                new Place(PartKeys.HEALTHCHECK, PROCESS.formatted("liveness: { %s }")),
                new Place(PartKeys.ROUTE, PROCESS.formatted("route: { %s }")),
                new Place(EdgeReader.FILES, "routes: [{ host: a, files: { %s } }]"),
                new Place(EdgeReader.ERROR_PAGES, PROCESS.formatted("route: { host: a, error_pages: { %s } }")),
                new Place(EdgeReader.COMPRESS, PROCESS.formatted("route: { host: a, compress: { %s } }")),
                new Place(EdgeReader.HEADERS, PROCESS.formatted("route: { host: a, request_headers: { %s } }")),
                new Place(EdgeReader.HEADERS, PROCESS.formatted("route: { host: a, response_headers: { %s } }")),
                new Place(BackendTlsReader.BACKEND_TLS, PROCESS.formatted("backend_tls: { %s }")),
                new Place(TlsReader.TLS, PROCESS.formatted("route: { host: a, tls: { %s } }")),
                new Place(TlsReader.CLIENT_AUTH, PROCESS.formatted("route: { host: a, tls: { client_auth: { %s } } }")),
                new Place(PartKeys.REDIRECT, "routes: [{ host: a, redirect: { %s } }]"),
                new Place(AccessReader.ACCESS, PROCESS.formatted("route: { host: a, access: { %s } }")),
                new Place(AccessReader.RATE, PROCESS.formatted("route: { host: a, access: { rate_limit: { %s } } }")),
                new Place(IdentityReader.BASIC, PROCESS.formatted("route: { host: a, access: { basic_auth: { %s } } }")),
                new Place(IdentityReader.FORWARD, "routes: [{ host: a, access: { forward_auth: { %s } } }]"),
                new Place(IdentityReader.CORS, PROCESS.formatted("route: { host: a, access: { cors: { %s } } }")),
                new Place(BalanceReader.BALANCE, PROCESS.formatted("balance: { %s }")),
                new Place(BalanceReader.EJECT, PROCESS.formatted("balance: { eject: { %s } }")),
                new Place(BalanceReader.TIMEOUTS, PROCESS.formatted("timeouts: { %s }")),
                new Place(PartKeys.SLEEP, PROCESS.formatted("sleep: { %s }")),
                new Place(PartKeys.ONLY_ON, PROCESS.formatted("only_on: { %s }")),
                new Place(PartKeys.NOTIFY, PROCESS.formatted("notify: { %s }")),
                new Place(PartKeys.START_LIMITS, PROCESS.formatted("start_limits: { %s }")),
                new Place(PartKeys.HOOK, PROCESS.formatted("hooks: [{ %s }]")),
                new Place(PartKeys.COMPOSE_HOOK, PROCESS.formatted("pre_stop: [{ %s }]")),
                new Place(PartKeys.LOGS, PROCESS.formatted("logs: { %s }")),
                new Place(PartKeys.LOGGING, PROCESS.formatted("logging: { %s }")),
                new Place(PartKeys.LOG_OPTIONS, PROCESS.formatted("logging: { options: { %s } }")),
                new Place(PartKeys.DEPENDENCY, PROCESS.formatted("depends_on: { web: { %s } }")),
                new Place(PartKeys.ENV_FILE, PROCESS.formatted("env_file: [{ %s }]")),
                new Place(PartKeys.SECRET_USE, PROCESS.formatted("secrets: [{ %s }]")),
                new Place(PartKeys.SECRET_VALUE, PROCESS.formatted("environment: { A: { %s } }")),
                new Place(PartKeys.BUILD, CONTAINER.formatted("build: { %s }")),
                new Place(PartKeys.PORT, CONTAINER.formatted("ports: [{ %s }]")),
                new Place(PartKeys.MOUNT, CONTAINER.formatted("volumes: [{ %s, type: bind, source: /a, target: /b }]")),
                new Place(PartKeys.BIND, CONTAINER.formatted("volumes: [{ type: bind, source: /a, target: /b, bind: { %s } }]")),
                new Place(PartKeys.TMPFS, CONTAINER.formatted("volumes: [{ type: tmpfs, target: /b, tmpfs: { %s } }]")),
                new Place(PartKeys.CONFIG_USE,
                        CONTAINER.formatted("configs: [{ %s, source: a, target: /b }]") + "\nconfigs: { a: { file: a } }"),
                new Place(PartKeys.ATTACHMENT, CONTAINER.formatted("networks: { default: { %s } }")),
                new Place(PartKeys.DEPLOY, CONTAINER.formatted("deploy: { %s }")),
                new Place(PartKeys.RESOURCES, CONTAINER.formatted("deploy: { resources: { %s } }")),
                new Place(PartKeys.LIMITS, CONTAINER.formatted("deploy: { resources: { limits: { %s } } }")),
                new Place(PartKeys.RESTART_POLICY, CONTAINER.formatted("deploy: { restart_policy: { %s } }")),
                new Place(PartKeys.UPDATE_CONFIG, CONTAINER.formatted("deploy: { update_config: { %s } }")),
                new Place(PartKeys.ULIMIT, CONTAINER.formatted("ulimits: { nofile: { %s } }")),
                new Place(AppManifestKeys.ROOT, "id: a\ncontainer: { image: b }\n%s"),
                new Place(AppManifestKeys.BODY, "app: { %s }"),
                new Place(AppManifestKeys.CONTAINER, "app: { container: { image: b, %s } }"),
                new Place(AppManifestKeys.DERIVED, "app: { container: { derived_env: [{ %s }] } }"),
                new Place(AppManifestKeys.SECRET, "app: { container: { secret_env: [{ key: A, %s }] } }"),
                new Place(AppManifestKeys.GENERATED, "app: { container: { generated_secrets: [{ %s }] } }"),
                new Place(AppManifestKeys.DEPENDENCY, "app: { dependencies: [{ %s }] }"),
                new Place(AppManifestKeys.RESOURCES, "app: { resources: { %s } }"),
                new Place(AppManifestKeys.SECURITY, "app: { security: { %s } }"),
                new Place(AppManifestKeys.PORT, "app: { ports: [{ %s }] }"),
                new Place(AppManifestKeys.VOLUME, "app: { volumes: [{ type: bind, target: /a, %s }] }"),
                new Place(AppManifestKeys.HOOKS, "app: { hooks: { %s } }"),
                new Place(AppManifestKeys.HOOK, "app: { hooks: { post_install: [{ %s }] } }"),
                new Place(AppManifestKeys.COPY, "app: { hooks: { post_install: [{ copy_from_host: { src: /a, %s } }] } }"),
                new Place(AppManifestKeys.HEALTH, "app: { health_check: { %s } }"),
                new Place(AppManifestKeys.INTERFACE, "app: { interfaces: { main: { %s } } }"));
    }

    /// A mount of one kind has nothing to do with the keys of another.
    private static String manifest(Place place, String key) {
        if (place.table == ServiceKeys.SERVICE && !List.of("image", "build", "command").contains(key)) {
            boolean container = place.table.find(key).orElseThrow().fits(true);
            return (container ? CONTAINER : PROCESS).formatted(key + ": " + WRONG);
        }
        if (place.table == AppKeys.TOP && key.equals("services")) {
            return key + ": " + WRONG;
        }
        if (place.table == AppManifestKeys.ROOT && List.of("id", "container", "app").contains(key)) {
            String whole = "id: a\ncontainer: {}\n" + (key.equals("app") ? "app: {}" : "");
            return whole.replaceAll(key + ": .*", key + ": " + WRONG);
        }
        String text = place.table == PartKeys.MOUNT && key.equals("tmpfs") ? place.manifest.replace("type: bind, source: /a", "type: tmpfs")
                : place.manifest;
        return text.replaceAll(" " + key + ": [^,}]+,?", " ").formatted(key + ": " + WRONG);
    }

    @TestFactory
    Stream<DynamicTest> everyDefinedKeyIsLookedAt() {
        return places().stream().flatMap(place -> place.table.honoured().stream().map(Key::name)
                .map(key -> DynamicTest.dynamicTest(place.table.id() + ": " + key, () -> {
                    String text = manifest(place, key);
                    assertThat(shown(text)).as(text).anyMatch(shown -> ("." + shown).contains("." + key));
                })));
    }

    @TestFactory
    Stream<DynamicTest> everyKeyIsRefusedWhereItDoesNotFit() {
        return ServiceKeys.SERVICE.honoured().stream().filter(key -> key.fit() != Key.Fit.BOTH)
                .filter(key -> !List.of("image", "build", "image_archive").contains(key.name()))
                .map(key -> DynamicTest.dynamicTest(key.name(), () -> {
                    String other = (key.fit() == Key.Fit.CONTAINER ? PROCESS : CONTAINER).formatted(key.name() + ": a");
                    var source = new ManifestSource(Path.of("/demo/m.yaml"), other, Map.of());
                    assertThat(new ManifestReader().read(source)).isInstanceOfSatisfying(Result.Refused.class,
                            refused -> assertThat(refused.errors()).extracting(ManifestError::message).contains(key.unfit()));
                }));
    }

    @Test
    void noKeyIsBothHonouredAndRefused() {
        assertThat(places()).allSatisfy(place -> assertThat(place.table.keys().refused().keySet())
                .doesNotContainAnyElementsOf(place.table.keys().allowed()));
    }

    @Test
    void theTablesOnThePageAreUpToDate() throws IOException {
        String page = Files.readString(PAGE);
        if (Boolean.getBoolean("reeve.rewrite")) {
            Files.writeString(PAGE, ManifestTables.into(page));
        }
        assertThat(Files.readString(PAGE)).isEqualTo(ManifestTables.into(page));
    }

    @Test
    void theExamplesOnThePageAreRead() throws IOException {
        String[] parts = Files.readString(PAGE).split("```yaml\n|```");
        List<String> examples = IntStream.range(0, parts.length).filter(part -> part % 2 == 1).mapToObj(part -> parts[part])
                .filter(part -> part.startsWith("name:") || part.startsWith("app:")).toList();

        assertThat(examples).hasSize(2).allSatisfy(example -> assertThat(new ManifestReader()
                .read(new ManifestSource(Path.of("/demo/m.yaml"), example, Map.of()))).isInstanceOf(Result.Read.class));
    }

    @Test
    void everyKeyOfADocumentedTableIsExplained() {
        assertThat(ManifestTables.ALL).allSatisfy(table -> assertThat(table.honoured()).isNotEmpty()
                .allSatisfy(key -> assertThat(key.about()).as(key.name()).isNotEmpty().doesNotEndWith(".").doesNotContain("|")));
    }
}
