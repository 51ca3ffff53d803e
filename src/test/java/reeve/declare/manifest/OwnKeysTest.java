package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.AppRoute;
import reeve.model.AppSpec;
import reeve.model.BackendTls;
import reeve.model.CertificateFiles;
import reeve.model.Checks;
import reeve.model.Confinement;
import reeve.model.EnvFile;
import reeve.model.Healthcheck;
import reeve.model.Hook;
import reeve.model.LogRotation;
import reeve.model.ManifestSource;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.RouteTls;
import reeve.model.Schedule;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.StartLimits;
import reeve.model.Template;
import reeve.model.Workload;

/// What Reeve has besides Compose's vocabulary.
class OwnKeysTest {
    private static final Path FILE = Path.of("/srv/wiki/reeve.yaml");

    private static AppSpec app(String text, Map<String, String> variables) {
        return switch (new ManifestReader().read(new ManifestSource(FILE, text, variables))) {
            case Result.Read(AppSpec spec, List<ManifestError> _) -> spec;
            case Result.Refused(List<ManifestError> errors) -> throw new AssertionError(errors);
        };
    }

    /// The service `web` with `command: [a, "${port}"]` and more lines.
    private static ServiceSpec web(String... lines) {
        return app("services:\n  web:\n    command: [a, \"${port}\"]\n    " + String.join("\n    ", lines) + "\n"
                + "secrets: { token: { file: keys/token } }\n", Map.of("HOME", "/home/ann")).services().getLast();
    }

    private static List<Template> command(String... words) {
        return List.of(words).stream().map(Template::text).toList();
    }

    @Test
    void backendsMayBeSpokenToOverTls() {
        AppSpec app = app("""
                name: a
                services:
                  web:
                    command: [a, "${port}"]
                    route: { host: a.example }
                    backend_tls: { ca: root.pem, certificate: own.pem, key: own.key }
                    healthcheck: { http: /well }
                routes:
                  - { host: b.example, to: "https://10.0.0.7", backend_tls: { server_name: inner.example, insecure_skip_verify: true } }
                  - { host: c.example, to: "https://inner.example:8443/" }
                  - { host: d.example, to: "http://inner.example" }
                """, Map.of());
        ServiceSpec web = app.services().getFirst();
        var tls = new BackendTls(List.of(Path.of("/srv/wiki/root.pem")), Optional.of("localhost"),
                Optional.of(new CertificateFiles(Path.of("/srv/wiki/own.pem"), Path.of("/srv/wiki/own.key"))), false);
        assertThat(web.balance().tls()).contains(tls);
        assertThat(web.healthcheck().probe()).isEqualTo(new Healthcheck.Http("/well", Optional.of(tls)));
        assertThat(app.routes()).extracting(AppRoute::target)
                .containsExactly("https://10.0.0.7:443", "https://inner.example:8443", "http://inner.example:80");
        assertThat(((AppRoute.ToExternal) app.routes().getFirst()).tls()).contains(
                new BackendTls(List.of(), Optional.of("inner.example"), Optional.empty(), true));
        assertThat(((AppRoute.ToExternal) app.routes().get(1)).tls()).contains(BackendTls.DEFAULT);
    }

    @Test
    void aRouteSaysWhatTlsMeansForIt() {
        AppSpec app = app("""
                name: a
                services:
                  web:
                    command: [a, "${port}"]
                    route:
                      - { host: a.example, tls: { client_auth: people.pem } }
                      - { host: b.example, tls: { redirect: false, hsts: 2h, client_auth: { ca: [x.pem, /y.pem], mode: optional } } }
                      - { host: c.example, tls: { hsts: off } }
                      - { host: d.example, tls: {} }
                """, Map.of());
        assertThat(app.services().getFirst().routes()).extracting(route -> route.handling().tls()).containsExactly(
                Optional.of(new RouteTls(Optional.empty(), Optional.empty(),
                        Optional.of(new RouteTls.ClientAuth(true, List.of(Path.of("/srv/wiki/people.pem")))))),
                Optional.of(new RouteTls(Optional.of(false), Optional.of(Duration.ofHours(2)),
                        Optional.of(new RouteTls.ClientAuth(false, List.of(Path.of("/srv/wiki/x.pem"), Path.of("/y.pem")))))),
                Optional.of(new RouteTls(Optional.empty(), Optional.of(Duration.ZERO), Optional.empty())),
                Optional.empty());
    }

    @Test
    void aServiceOfWhichNothingIsSaidIsAsTheModelSays() {
        assertThat(app("services: { web: { command: [a] } }", Map.of()).services().getFirst()).isEqualTo(ServiceSpec.of(
                new ServiceName("web"), new Workload.Process(command("a"), FILE.getParent())));
        assertThat(((Workload.Container) app("services: { web: { image: a } }", Map.of()).services().getFirst().workload()))
                .isEqualTo(new Workload.Container(Workload.Image.of("a"), Optional.empty(), List.of(), Optional.empty(), 0, List.of(),
                        List.of(), List.of(new Workload.Attachment("default", List.of())), Optional.empty(), Map.of(), Map.of(), false));
    }

    @Test
    void aCompanionIsNoServiceOfReeves() {
        AppSpec app = app("""
                services:
                  web: { image: a, run_as: quadlet, restart: on-failure, ports: ["8080:80"] }
                  db: { command: [b] }
                """, Map.of());
        assertThat(app.services()).extracting(ServiceSpec::name).containsExactly(new ServiceName("db"));
        assertThat(app.companions()).extracting(ServiceSpec::name).containsExactly(new ServiceName("web"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "web: { command: [a], run_as: quadlet }", "web: { image: a, run_as: docker }",
        "web: { image: a, run_as: quadlet, route: { host: a.org } }",
        "web: { image: a, run_as: quadlet, scale: 2 }", "web: { image: a, run_as: quadlet, depends_on: [db] }\n  db: { command: [b] }",
        "web: { image: a, run_as: quadlet }\n  db: { command: [b], depends_on: [web] }",
        "web: { image: a, run_as: quadlet, healthcheck: { http: / } }", "web: { image: a, run_as: quadlet, command: [\"${port}\"] }"})
    void whatReeveDoesNotDoForCompanionsIsRefused(String services) {
        Result result = new ManifestReader().read(new ManifestSource(FILE, "services:\n  " + services + "\n", Map.of()));
        assertThat(result).isInstanceOf(Result.Refused.class);
        assertThat(result.toString()).containsAnyOf("companion", "run_as");
    }

    @Test
    void secretsAreFilesOrValues() {
        var source = new Secrets.Source.OfFile(Path.of("/srv/wiki/keys/token"));

        assertThat(web("secrets: [token, { source: token, target: other }]", "environment: { TOKEN: { secret: token }, A: b }").secrets())
                .isEqualTo(new Secrets(List.of(new Secrets.File("token", source), new Secrets.File("other", source)),
                        Map.of("TOKEN", source)));
        assertThat(web("environment: { TOKEN: { secret: token }, A: b }").environment()).containsOnlyKeys("A");
    }

    @Test
    void checksWithOneConsequenceEach() {
        Checks checks = web("startup: { tcp: true, retries: 60, interval: 1s }", "readiness: { http: /ready }",
                "liveness: { test: [CMD, alive], timeout: 2s }").checks();

        assertThat(checks.startup().probe()).isEqualTo(new Healthcheck.Tcp());
        assertThat(checks.startup().retries()).isEqualTo(60);
        assertThat(checks.readiness().probe()).isEqualTo(new Healthcheck.Http("/ready"));
        assertThat(checks.liveness().probe()).isEqualTo(new Healthcheck.Exec(command("alive")));
        assertThat(checks.liveness().timeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatAProgramTellsOfItself() {
        assertThat(web("notify: { ready: true, watchdog: 30s }").notification())
                .isEqualTo(new Notification(true, Optional.of(Duration.ofSeconds(30))));
    }

    @Test
    void limitsOfStartsByCause() {
        assertThat(web("start_limits: { crash: 5, unhealthy: 3, config: 1, window: 1m }").startLimits())
                .isEqualTo(new StartLimits(5, 3, 1, Duration.ofMinutes(1)));
        assertThat(web("start_limits: { crash: 5 }").startLimits())
                .isEqualTo(new StartLimits(5, Integer.MAX_VALUE, Integer.MAX_VALUE, StartLimits.DEFAULT_WINDOW));
    }

    @Test
    void howAChangedServiceTakesThePlaceOfTheOld() {
        assertThat(web("drain_timeout: 5s", "deploy: { update_config: { order: start-first } }").rollout())
                .isEqualTo(new Rollout(Rollout.Order.START_FIRST, Duration.ofSeconds(5)));
    }

    @Test
    void aScheduledServiceRunsOnce() {
        ServiceSpec report = app("services: { report: { command: [a], schedule: \" */5  9-17 * jan,feb mon-fri \" } }", Map.of())
                .services().getFirst();

        assertThat(report.schedule()).isEqualTo(new Schedule.Cron("*/5 9-17 * jan,feb mon-fri"));
        assertThat(report.restart()).isEqualTo(new RestartPolicy.Never());
        assertThat(app("services: { report: { command: [a], schedule: \"0 3 * * *\", restart: \"on-failure:2\" } }", Map.of()).services()
                .getFirst().restart()).isEqualTo(new RestartPolicy.OnFailure(2));
    }

    @Test
    void hooksOfAProcess() {
        assertThat(web("hooks:", "  - { run: ./migrate --all, on: pre_start, when: once, timeout: 5m }",
                "  - { run: [notify, \"${node.name}\"], on: post_stop }", "post_start:", "  - command: warm").hooks())
                .containsExactly(
                        new Hook(Hook.Moment.PRE_START, Hook.Repeat.ONCE, command("./migrate", "--all"), Duration.ofMinutes(5)),
                        new Hook(Hook.Moment.POST_STOP, Hook.Repeat.EACH_CREATE,
                                List.of(Template.text("notify"), new Template(List.of(new Template.NodeFact("name")))),
                                Hook.DEFAULT_TIMEOUT),
                        new Hook(Hook.Moment.POST_START, Hook.Repeat.EACH_CREATE, command("warm"), Hook.DEFAULT_TIMEOUT));
    }

    @Test
    void howMuchOfTheOutputIsKept() {
        assertThat(web("logs: { size: 5m, files: 7, age: 48h }").logs()).isEqualTo(new LogRotation(5 << 20, 7, Duration.ofHours(48)));
    }

    @Test
    void aConfinedProcess() {
        ServiceSpec web = web("user: www-data:www-data", "group_add: [adm]", "cap_add: [net_bind_service]", "cap_drop: [ALL]",
                "security_opt: [no-new-privileges]", "read_only: true", "read_only_paths: [/etc, conf]", "writable_paths: [~/data]",
                "tmpfs: /run:size=64m", "ulimits: { nofile: 1024, core: { soft: 0, hard: -1 } }", "umask: \"027\"", "mem_limit: 512m",
                "cpus: 0.5", "pids_limit: 100");

        assertThat(web.confinement()).isEqualTo(new Confinement(Optional.of("www-data:www-data"), List.of("adm"),
                Set.of("NET_BIND_SERVICE"), Set.of("ALL"), true, true, List.of(Path.of("/etc"), Path.of("/srv/wiki/conf")),
                List.of(Path.of("/home/ann/data")), Map.of("/run", "size=64m"),
                Map.of("nofile", new Confinement.Ulimit(1024, 1024), "core", new Confinement.Ulimit(0, -1)), Optional.of(027)));
        assertThat(web.resources()).isEqualTo(new Resources(OptionalLong.of(512 << 20), OptionalDouble.of(0.5), OptionalLong.of(100)));
    }

    @Test
    void anEnvFileOfTheIcsFormat() {
        assertThat(web("env_file: { path: ic-gateway.env, format: ic }").envFiles())
                .containsExactly(new EnvFile(Path.of("/srv/wiki/ic-gateway.env"), true, EnvFile.Format.IC));
    }

    @Test
    void anImageFromAnArchive() {
        var container = (Workload.Container) app("services: { db: { image: db:1, image_archive: images/db.tar, pull_policy: never } }",
                Map.of()).services().getFirst().workload();

        assertThat(container.image()).isEqualTo(new Workload.Image("db:1", Workload.PullPolicy.NEVER,
                Optional.of(Path.of("/srv/wiki/images/db.tar")), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"route: { host: a.test }", "startup: { tcp: true }", "start_limits: { crash: 2 }", "drain_timeout: 1s",
        "schedule: \"0 3 * * *\"", "hooks: [{ run: [b], on: pre_start }]", "logs: { files: 1 }", "umask: \"077\"",
        "read_only_paths: [/etc]", "notify: { ready: true }"})
    void eachStandsUnderXReeveToo(String line) {
        assertThat(web("x-reeve: { " + line + " }")).isEqualTo(web(line));
    }

    @Test
    void onTheNetworkOfTheHostAContainersPortIsAProcesss() {
        ServiceSpec fixed = app("services: { web: { image: a, network_mode: host, route: { host: a.test, port: 80 } } }", Map.of())
                .services().getFirst();
        ServiceSpec told = app("services: { web: { image: a, network_mode: host, environment: { PORT: \"${port}\" }, "
                + "route: { host: a.test } } }", Map.of()).services().getFirst();

        assertThat(fixed.fixedPort()).isEqualTo(80);
        assertThat(((Workload.Container) fixed.workload()).port()).isZero();
        assertThat(told.fixedPort()).isZero();
        assertThat(told.hasPort()).isTrue();
    }

    @Test
    void aPortOfTheRouteWinsOverTheExposedOnes() {
        ServiceSpec web = app("services: { web: { image: a, expose: [80, 9000], route: { host: a.test, port: 9000 } } }", Map.of())
                .services().getFirst();

        assertThat(((Workload.Container) web.workload()).port()).isEqualTo(9000);
        assertThat(web.fixedPort()).isZero();
    }

    @Test
    void theVariablesOfProfilesAndHomeAreAskedForWhereTheyMatter() {
        assertThat(ManifestVariables.named("name: b\nservices: { a: { profiles: [x], volumes: [\"~/d:/d\"], build: { args: [SHA] } } }"))
                .containsExactlyInAnyOrder("COMPOSE_PROFILES", "HOME", "SHA");
        assertThat(ManifestVariables.named("name: b\nservices: { a: { command: [x] } }")).isEmpty();
        assertThat(ManifestVariables.named("services: { a: { command: [x] } }")).containsExactly("COMPOSE_PROJECT_NAME");
    }

    @Test
    void theVariableOfComposesProjectNameNamesTheAppAndHoldsItsName() {
        String services = "services: { a: { command: [\"${COMPOSE_PROJECT_NAME}\"] } }";
        var caller = Map.of("COMPOSE_PROJECT_NAME", "caller");

        assertThat(app(services, caller).name()).hasToString("caller");
        assertThat(app("name: file\n" + services, caller).name()).hasToString("file");
        assertThat(app("name: file\n" + services, caller).services().getFirst().workload().command()).isEqualTo(command("file"));
        assertThat(app(services, Map.of("COMPOSE_PROJECT_NAME", "")).name()).hasToString("wiki");
        assertThat(app(services, Map.of()).services().getFirst().workload().command()).isEqualTo(command("wiki"));
        assertThat(new ManifestReader().read(new ManifestSource(FILE, services, Map.of("COMPOSE_PROJECT_NAME", "No!"))))
                .isInstanceOfSatisfying(Result.Refused.class, refused -> assertThat(refused.errors()).singleElement()
                        .extracting(ManifestError::message).asString().startsWith("cannot use COMPOSE_PROJECT_NAME 'No!' as app name"));
    }
}
