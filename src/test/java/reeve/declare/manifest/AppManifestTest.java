package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.Healthcheck;
import reeve.model.ManifestSource;
import reeve.model.Network;
import reeve.model.Resources;
import reeve.model.Secrets;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Volume;
import reeve.model.Workload;
import reeve.model.Workload.Attachment;
import reeve.model.Workload.Mount;
import reeve.model.Workload.PublishedPort;

/// Manifests of the AppManifest form are read as they are.
class AppManifestTest {
    private static final Path FOLDER = Path.of("src/test/resources/reeve/declare/manifest/apps").toAbsolutePath();

    private static Result.Read read(Path file, String text) {
        return switch (new ManifestReader().read(new ManifestSource(file, text, Map.of()))) {
            case Result.Read read -> read;
            case Result.Refused(List<ManifestError> errors) -> throw new AssertionError(errors);
        };
    }

    private static Result.Read stored(String name) throws IOException {
        Path file = FOLDER.resolve(name).resolve("manifest.yml");
        return read(file, Files.readString(file));
    }

    private static AppSpec app(String text) {
        return read(Path.of("/srv/apps/manifest.yml"), text).spec();
    }

    private static ServiceSpec service(AppSpec app) {
        return app.services().getFirst();
    }

    private static Workload.Container container(AppSpec app) {
        return (Workload.Container) service(app).workload();
    }

    @Test
    void idNameVersionAndAnImageAreEnough() {
        AppSpec app = app("app: { id: a, name: A, version: 1, container: { image: b } }");

        assertThat(app.name()).hasToString("a");
        assertThat(app.version()).contains("1");
        assertThat(service(app).name()).hasToString("a");
        assertThat(service(app).stopGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(container(app).image()).isEqualTo(Workload.Image.of("b"));
        assertThat(app.networks()).containsExactly(new Network("default", "a_default", false, false, Map.of()));
        assertThat(app("id: a\nname: A\nversion: 1\ncontainer: { image: b }")).as("without 'app'").isEqualTo(app);
        assertThat(app("app: { id: a, name: A, version: 1 }\ncontainer: { image: b }")).as("partly beside 'app'").isEqualTo(app);
    }

    @Test
    void aNodeWithItsOwnNetworkSecretsAndConfinement() throws IOException {
        Result.Read read = stored("node");
        AppSpec app = read.spec();
        ServiceSpec node = service(app);
        Workload.Container ran = container(app);

        assertThat(read.warnings()).extracting(ManifestError::key)
                .containsExactly("app.dependencies[0].storage", "app.resources.disk");
        assertThat(app.version()).contains("27.1.0");
        assertThat(node.labels()).isEqualTo(Map.of("app.name", "Coin Node", "app.version", "27.1.0"));
        assertThat(ran.image()).isEqualTo(Workload.Image.of("docker.io/example/coin:27.1"));
        assertThat(app.networks()).containsExactly(new Network("coin-net", "coin-net", false, false, Map.of()));
        assertThat(ran.networks()).containsExactly(new Attachment("coin-net", List.of()));
        assertThat(node.environment()).isEqualTo(Map.of(
                "NETWORK", Template.text("main"),
                "PRICE", Template.text("5$ {{not}} replaced"),
                "EXTERNAL_ADDRESS", new Template(List.of(new Template.Value("HOST_IP"), new Template.Text(":8333"))),
                "PRUNE", new Template(List.of(new Template.Text("disk="), new Template.Value("DISK_GB"))),
                "RPC_URL", new Template(List.of(new Template.Text("http://"), new Template.Value("HOST_MDNS"),
                        new Template.Text("/rpc")))));
        assertThat(node.secrets()).isEqualTo(new Secrets(List.of(), Map.of(
                "RPC_PASSWORD", new Secrets.Source.Generated("coin-node.rpc-password", 16),
                "RPC_SALT", new Secrets.Source.OfFile(FOLDER.resolve("node/secrets/salt")))));
        assertThat(node.resources())
                .isEqualTo(new Resources(OptionalLong.of(2L << 30), OptionalDouble.of(1.5), OptionalLong.empty()));
        assertThat(node.confinement()).isEqualTo(new Confinement(Optional.empty(), List.of(), Set.of("CHOWN", "SETUID", "SETGID"),
                Set.of("ALL"), true, true, List.of(), List.of(), Map.of("/tmp", "size=64m"), Map.of(), Optional.empty()));
        assertThat(ran.published()).containsExactly(new PublishedPort("127.0.0.1", 8332, 8332, "tcp"),
                new PublishedPort("", 8333, 8333, "tcp"));
        assertThat(ran.mounts()).containsExactly(new Mount.Bind(Path.of("/var/lib/apps/coin"), "/data", false, true),
                new Mount.OfVolume("wallets", "/wallets", false));
        assertThat(app.volumes()).containsExactly(new Volume("wallets", "coin-node_wallets", false, Map.of(), Map.of()));
        assertThat(ran.port()).isEqualTo(8333);
        assertThat(node.healthcheck()).isEqualTo(new Healthcheck(new Healthcheck.Tcp(), Duration.ofSeconds(30), Duration.ofSeconds(10),
                5, Healthcheck.DEFAULT_START_PERIOD));
    }

    @Test
    @DisplayName("supervision.md 2.3: what post_install copies is there in each container that is made anew")
    void anExplorerThatIsBuiltHere() throws IOException {
        Result.Read read = stored("explorer");
        AppSpec app = read.spec();
        Workload.Container ran = container(app);

        assertThat(read.warnings()).extracting(ManifestError::key)
                .containsExactly("dependencies[0].app_id", "dependencies[1].storage", "ports[1].auth");
        assertThat(ran.image()).isEqualTo(new Workload.Image("localhost/explorer-explorer", Workload.PullPolicy.MISSING,
                Optional.empty(), Optional.of(new Workload.Build(FOLDER.resolve("explorer/image"),
                        FOLDER.resolve("explorer/image/Dockerfile"), Map.of(), Optional.empty()))));
        assertThat(ran.published()).containsExactly(new PublishedPort("0.0.0.0", 4080, 80, "tcp"),
                new PublishedPort("127.0.0.1", 4081, 81, "tcp"));
        assertThat(ran.port()).as("the endpoint names the port of this machine").isEqualTo(80);
        assertThat(service(app).healthcheck().probe()).isEqualTo(new Healthcheck.Http("/api/health"));
        assertThat(ran.mounts()).containsExactly(
                new Mount.Bind(FOLDER.resolve("explorer/nginx.conf"), "/etc/nginx/nginx.conf", true, false));
    }

    @Test
    void onTheNetworkOfTheHostItsPortIsFixed() {
        String text = """
                app:
                  id: a
                  name: A
                  version: 1
                  container: { image: b, network: host }
                  ports: [{ host: 80, container: 80 }]
                  health_check: { type: http, endpoint: "http://localhost:80/up" }
                """;
        AppSpec app = app(text);

        assertThat(service(app).fixedPort()).isEqualTo(80);
        assertThat(container(app).port()).isZero();
        assertThat(container(app).published()).isEmpty();
        assertThat(container(app).networks()).containsExactly(new Attachment("host", List.of()));
        assertThat(app.networks()).isEmpty();
        assertThat(service(app).healthcheck().probe()).isEqualTo(new Healthcheck.Http("/up"));
        assertThat(container(app(text.replace(", network: host }", " }\n  security: { network_policy: host }")))).isEqualTo(container(app));
    }

    @Test
    void itHasNoVariables() {
        assertThat(ManifestVariables.named("app: { id: a, name: $A, version: 1, container: { image: \"${B}\" } }")).isEmpty();
    }
}
