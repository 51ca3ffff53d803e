package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reeve.base.EnvText;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.Dependency;
import reeve.model.Healthcheck;
import reeve.model.Hook;
import reeve.model.ManifestSource;
import reeve.model.Network;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.RouteSpec;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.StopSignal;
import reeve.model.Template;
import reeve.model.Volume;
import reeve.model.Workload;
import reeve.model.Workload.Attachment;
import reeve.model.Workload.Mount;
import reeve.model.Workload.PublishedPort;

/// Files as projects have them, written for Docker Compose, are read without a change.
class StockComposeTest {
    private static final Path FOLDER = Path.of("src/test/resources/reeve/declare/manifest/stock").toAbsolutePath();

    private static Result.Read read(String file, Map<String, String> caller) throws IOException {
        Path path = FOLDER.resolve(file);
        String text = Files.readString(path);
        var values = new HashMap<String, String>();
        Path dotEnv = path.resolveSibling(".env");
        if (Files.exists(dotEnv)) {
            values.putAll(((EnvText.Result.Read) EnvText.parse(Files.readString(dotEnv), _ -> Optional.empty())).values());
        }
        values.putAll(caller);
        values.keySet().retainAll(ManifestVariables.named(text));
        return switch (new ManifestReader().read(new ManifestSource(path, text, values))) {
            case Result.Read read -> read;
            case Result.Refused(List<ManifestError> errors) -> throw new AssertionError(errors);
        };
    }

    private static ServiceSpec service(AppSpec app, String name) {
        return app.service(new ServiceName(name)).orElseThrow();
    }

    private static Workload.Container container(AppSpec app, String name) {
        return (Workload.Container) service(app, name).workload();
    }

    private static List<String> texts(List<Template> templates) {
        return templates.stream().map(Template::toString).toList();
    }

    @Test
    void aShopOfWebWorkerDatabaseAndCache() throws IOException {
        Result.Read read = read("shop/compose.yaml", Map.of("GIT_SHA", "abc"));
        AppSpec app = read.spec();

        assertThat(read.warnings()).isEmpty();
        assertThat(app.services()).extracting(service -> service.name().value()).containsExactly("db", "cache", "migrate", "web", "worker");
        assertThat(app.volumes()).containsExactly(new Volume("pgdata", "shop_pgdata", false, Map.of(), Map.of()),
                new Volume("redisdata", "shop_redisdata", false, Map.of(), Map.of()),
                new Volume("uploads", "shop_uploads", false, Map.of(), Map.of("org.example.backup", "daily")));
        assertThat(app.networks()).containsExactly(new Network("front", "shop_front", false, false, Map.of()),
                new Network("back", "shop_back", false, true, Map.of()));

        ServiceSpec web = service(app, "web");
        Workload.Container ran = container(app, "web");
        assertThat(ran.image()).isEqualTo(new Workload.Image("registry.example.org/shop/app:2.4.1", Workload.PullPolicy.MISSING,
                Optional.empty(), Optional.of(new Workload.Build(FOLDER.resolve("shop"), FOLDER.resolve("shop/docker/Dockerfile"),
                        Map.of("RUBY_VERSION", "3.3", "GIT_SHA", "abc"), Optional.of("production")))));
        assertThat(texts(ran.command())).containsExactly("bundle", "exec", "puma", "-b", "tcp://0.0.0.0:3000");
        assertThat(ran.published()).containsExactly(new PublishedPort("127.0.0.1", 3100, 3000, "tcp"));
        assertThat(ran.port()).isEqualTo(3000);
        assertThat(ran.mounts()).containsExactly(new Mount.OfVolume("uploads", "/app/storage", false));
        assertThat(ran.networks()).extracting(Attachment::network).containsExactly("front", "back");
        assertThat(web.environment().get("DATABASE_URL")).hasToString("postgres://shop:correct horse@db:5432/shop");
        assertThat(web.restart()).isEqualTo(new RestartPolicy.Always());
        assertThat(web.logs().size()).isEqualTo(10 * 1024 * 1024);
        assertThat(web.logs().files()).isEqualTo(5);
        assertThat(web.healthcheck().probe()).isInstanceOf(Healthcheck.Exec.class);
        assertThat(web.dependsOn()).extracting(Dependency::service).extracting(ServiceName::value).containsExactly("migrate", "db");

        ServiceSpec worker = service(app, "worker");
        assertThat(worker.replicas()).isEqualTo(2);
        assertThat(worker.resources()).isEqualTo(new Resources(OptionalLong.of(512 << 20), OptionalDouble.of(0.5), OptionalLong.empty()));
        assertThat(worker.environment()).containsKeys("QUEUE", "REDIS_URL");
        assertThat(service(app, "migrate").restart()).isEqualTo(new RestartPolicy.Never());

        assertThat(container(app, "db").networks()).containsExactly(new Attachment("back", List.of("database")));
        assertThat(container(app, "db").mounts()).containsExactly(new Mount.OfVolume("pgdata", "/var/lib/postgresql/data", false),
                new Mount.Bind(FOLDER.resolve("shop/docker/initdb"), "/docker-entrypoint-initdb.d", true, true));
        assertThat(service(app, "db").confinement().temporary()).containsExactly(Map.entry("/dev/shm", "size=134217728"));
    }

    @Test
    void aProfileAddsItsServices() throws IOException {
        AppSpec app = read("shop/compose.yaml", Map.of("COMPOSE_PROFILES", "other, development")).spec();

        assertThat(container(app, "mail").published()).containsExactly(new PublishedPort("", 8025, 8025, "tcp"),
                new PublishedPort("", 1025, 1025, "tcp"));
        assertThat(container(app, "mail").port()).as("which of the two is not known").isZero();
    }

    @Test
    void aForumBehindNginxWithSecretsAndConfinement() throws IOException {
        Result.Read read = read("forum/docker-compose.yml", Map.of());
        AppSpec app = read.spec();

        assertThat(read.warnings()).extracting(ManifestError::key)
                .containsExactly("version", "services.nginx.container_name", "services.db.container_name");
        assertThat(app.name()).hasToString("forum");
        assertThat(app.networks()).containsExactly(new Network("default", "forum_default", false, false, Map.of()));
        assertThat(app.volumes()).contains(new Volume("dbdata", "forum_mariadb", true, Map.of(), Map.of()));
        assertThat(container(app, "db").networks()).containsExactly(new Attachment("default", List.of("forum-db")));

        ServiceSpec forum = service(app, "app");
        Workload.Container ran = container(app, "app");
        assertThat(ran.image().name()).isEqualTo("localhost/forum-app");
        assertThat(ran.image().build()).contains(new Workload.Build(FOLDER.resolve("forum/app"), FOLDER.resolve("forum/app/Dockerfile"),
                Map.of(), Optional.empty()));
        assertThat(ran.entrypoint().map(StockComposeTest::texts)).contains(List.of("/srv/app/entrypoint.sh"));
        assertThat(ran.workingDirectory()).contains("/srv/app");
        assertThat(ran.port()).isEqualTo(8000);
        assertThat(ran.init()).isTrue();
        assertThat(ran.mounts()).containsExactly(new Mount.OfVolume("static", "/srv/app/static", false),
                new Mount.Anonymous("/srv/app/node_modules"));
        assertThat(forum.environment()).doesNotContainKey("DEBUG");
        assertThat(forum.secrets().files()).containsExactly(
                new Secrets.File("secret_key", new Secrets.Source.OfFile(FOLDER.resolve("forum/secrets/secret_key.txt"))),
                new Secrets.File("db_password", new Secrets.Source.OfFile(FOLDER.resolve("forum/secrets/db_password.txt"))));
        assertThat(forum.confinement()).isEqualTo(new Confinement(Optional.of("1000:1000"), List.of(), Set.of("NET_BIND_SERVICE"),
                Set.of("ALL"), true, true, List.of(), List.of(), Map.of("/tmp", "size=64m"), Map.of(), Optional.empty()));
        assertThat(forum.stopSignal()).isEqualTo(StopSignal.SIGINT);
        assertThat(container(app, "nginx").published()).containsExactly(new PublishedPort("", 80, 80, "tcp"),
                new PublishedPort("", 443, 443, "tcp"), new PublishedPort("", 443, 443, "udp"));
        assertThat(service(app, "nginx").confinement().ulimits()).containsEntry("nofile", new Confinement.Ulimit(65536, 65536));
        assertThat(service(app, "db").resources())
                .isEqualTo(new Resources(OptionalLong.of(1L << 30), OptionalDouble.of(1.5), OptionalLong.of(512)));
        assertThat(texts(container(app, "db").command())).hasSize(2);
    }

    @Test
    void aMediaServerOnTheNetworkOfTheHost() throws IOException {
        Result.Read read = read("media/compose.yml", Map.of("PUID", "501"));
        AppSpec app = read.spec();

        assertThat(read.warnings()).isEmpty();
        ServiceSpec server = service(app, "server");
        Workload.Container ran = container(app, "server");
        assertThat(ran.networks()).containsExactly(new Attachment("host", List.of()));
        assertThat(server.hasPort()).isFalse();
        assertThat(server.environment()).hasToString("{PUID=501, PGID=1000, TZ=Etc/UTC}");
        assertThat(ran.mounts()).containsExactly(new Mount.Bind(FOLDER.resolve("media/config"), "/config", false, true),
                new Mount.Bind(Path.of("/srv/media"), "/media", true, true));
        assertThat(server.confinement().temporary()).containsExactly(Map.entry("/transcode", "size=268435456"));
        assertThat(server.confinement().groups()).containsExactly("video", "109");
        assertThat(ran.sysctls()).containsExactly(Map.entry("net.core.somaxconn", "1024"));

        ServiceSpec indexer = service(app, "indexer");
        assertThat(container(app, "indexer").hostname()).contains("indexer");
        assertThat(container(app, "indexer").extraHosts())
                .isEqualTo(Map.of("server.local", "host-gateway", "nas", "192.168.1.20"));
        assertThat(indexer.restart()).isEqualTo(new RestartPolicy.OnFailure(5));
        assertThat(indexer.startLimits().window()).isEqualTo(Duration.ofMinutes(1));
        assertThat(indexer.rollout().order()).isEqualTo(Rollout.Order.STOP_FIRST);
        assertThat(indexer.hooks()).containsExactly(
                new Hook(Hook.Moment.POST_START, Hook.Repeat.EACH_CREATE, List.of(Template.text("/app/warm-up"), Template.text("--quick")),
                        Hook.DEFAULT_TIMEOUT),
                new Hook(Hook.Moment.PRE_STOP, Hook.Repeat.EACH_CREATE, List.of(Template.text("/app/flush")), Hook.DEFAULT_TIMEOUT));
        assertThat(container(app, "indexer").networks()).containsExactly(new Attachment("default", List.of("index")));
        assertThat(app.networks()).containsExactly(new Network("default", "media", false, false, Map.of()));
    }

    @Test
    void aMetricsStackWithReevesOwnKeysBesideComposes() throws IOException {
        Result.Read read = read("metrics/compose.yaml", Map.of());
        AppSpec app = read.spec();

        assertThat(read.warnings()).isEmpty();
        assertThat(app.name()).hasToString("metrics");
        assertThat(app.services()).extracting(service -> service.name().value()).containsExactly("prometheus", "grafana");
        Workload.Container prometheus = container(app, "prometheus");
        assertThat(prometheus.command().getLast().fill(_ -> "")).isEqualTo("--web.external-url=https://metrics.example.org/${PREFIX}");
        assertThat(prometheus.published()).containsExactly(new PublishedPort("", 0, 9090, "tcp"));
        assertThat(prometheus.mounts()).containsExactly(new Mount.OfVolume("tsdb", "/prometheus", false),
                new Mount.Bind(FOLDER.resolve("metrics/prometheus.yml"), "/etc/prometheus/prometheus.yml", true, false));
        assertThat(prometheus.networks()).extracting(Attachment::network).containsExactly("monitoring", "default");
        assertThat(service(app, "grafana").routes()).containsExactly(new RouteSpec("grafana.example.org", "/"));
        assertThat(service(app, "grafana").healthcheck().probe()).isEqualTo(new Healthcheck.Tcp());
        assertThat(container(app, "grafana").port()).isEqualTo(3000);
        assertThat(service(app, "grafana").fixedPort()).as("the port of this machine is Reeve's pick").isZero();
        assertThat(service(app, "grafana").secrets().files()).extracting(Secrets.File::name).containsExactly("admin");
        assertThat(app.networks()).contains(new Network("monitoring", "monitoring", true, false, Map.of()));
        assertThat(app.volumes()).extracting(Volume::options)
                .containsExactly(Map.of("type", "none", "o", "bind", "device", "/srv/tsdb"));
    }
}
