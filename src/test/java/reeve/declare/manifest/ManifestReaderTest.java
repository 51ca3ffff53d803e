package reeve.declare.manifest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.Address;
import reeve.model.AppRoute;
import reeve.model.AppSpec;
import reeve.model.Balance;
import reeve.model.Checks;
import reeve.model.Condition;
import reeve.model.Confinement;
import reeve.model.Dependency;
import reeve.model.EnvFile;
import reeve.model.Gate;
import reeve.model.Healthcheck;
import reeve.model.LogRotation;
import reeve.model.ManifestSource;
import reeve.model.Notification;
import reeve.model.PathKind;
import reeve.model.Redirect;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.Schedule;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.model.StartLimits;
import reeve.model.StopSignal;
import reeve.model.Template;
import reeve.model.Workload;

import static org.assertj.core.api.Assertions.assertThat;

class ManifestReaderTest {
    private static final Path FILE = Path.of("/srv/My Wiki/reeve.yaml");

    private static Result result(String text, Map<String, String> variables) {
        return new ManifestReader().read(new ManifestSource(FILE, text, variables));
    }

    private static AppSpec app(String text, Map<String, String> variables) {
        return switch (result(text, variables)) {
            case Result.Read(AppSpec spec, List<ManifestError> _) -> spec;
            case Result.Refused(List<ManifestError> errors) -> throw new AssertionError(errors);
        };
    }

    private static AppSpec app(String text) {
        return app(text, Map.of());
    }

    /// The service `web` with `command: [a]` and one more line.
    private static ServiceSpec web(String line) {
        return app("services:\n  web:\n    command: [a]\n    " + line + "\n").services().getLast();
    }

    private static List<String> warnings(String text) {
        return switch (result(text, Map.of())) {
            case Result.Read(AppSpec _, List<ManifestError> warnings) -> warnings.stream().map(ManifestError::toString).toList();
            case Result.Refused(List<ManifestError> errors) -> throw new AssertionError(errors);
        };
    }

    private static List<String> texts(List<Template> templates) {
        return templates.stream().map(Template::toString).toList();
    }

    @Test
    void theWholeVocabularyIsRead() {
        AppSpec app = app("""
                name: wiki
                services:
                  web:
                    command: ["node", "server.js"]
                    environment: { PORT: "${port}", DB: "${services.db.address}", EMPTY: "", NUMBER: 5 }
                    env_file: [web.env, { path: /etc/more.env, required: false }]
                    working_dir: web
                    depends_on: { db: { condition: service_healthy, required: false } }
                    healthcheck: { http: /healthz?full=1, interval: 2s, timeout: 1s, retries: 5, start_period: 1m30s }
                    restart: on-failure:5
                    stop_signal: INT
                    stop_grace_period: 1h
                    deploy: { replicas: 2 }
                    labels: { team: blue, empty: }
                    route: { host: Wiki.Example.org, path: /w }
                    sleep: { after: 10m, how: stop, wake_timeout: 250ms }
                    only_on: { class: cloud-engine, name: [a, b], labels: { rack: r1 } }
                    enabled: "${features.web}"
                  db:
                    command: postgres -p ${port}
                routes:
                  - { host: "*", path: /legacy, to: "http://10.0.0.7:8080" }
                  - { host: "*.example.org", to: "http://[::1]" }
                """);

        assertThat(app.name()).hasToString("wiki");
        assertThat(app.services()).extracting(service -> service.name().value()).containsExactly("db", "web");
        ServiceSpec web = app.services().getLast();
        assertThat(web).isEqualTo(new ServiceSpec(new ServiceName("web"),
                new Workload.Process(List.of(Template.text("node"), Template.text("server.js")), Path.of("/srv/My Wiki/web")),
                Map.of("PORT", new Template(List.of(new Template.OwnPort())),
                        "DB", new Template(List.of(new Template.ServiceAddress(new ServiceName("db")))),
                        "EMPTY", new Template(List.of()), "NUMBER", Template.text("5")),
                List.of(new EnvFile(Path.of("/srv/My Wiki/web.env"), true, EnvFile.Format.COMPOSE),
                        new EnvFile(Path.of("/etc/more.env"), false, EnvFile.Format.COMPOSE)),
                Secrets.NONE,
                List.of(new Dependency(new ServiceName("db"), Condition.HEALTHY, false)),
                new Healthcheck(new Healthcheck.Http("/healthz?full=1"), Duration.ofSeconds(2), Duration.ofSeconds(1), 5,
                        Duration.ofSeconds(90)),
                Checks.NONE, new RestartPolicy.OnFailure(5), StartLimits.NONE, StopSignal.SIGINT, Duration.ofHours(1), 2,
                        Map.of("team", "blue", "empty", ""), 0,
                List.of(new RouteSpec("wiki.example.org", "/w")), Balance.DEFAULT,
                new SleepSpec.WhenIdle(Duration.ofMinutes(10), SleepKind.STOP, Duration.ofMillis(250)),
                new Gate(Map.of("class", Set.of("cloud-engine"), "name", Set.of("a", "b"), "rack", Set.of("r1")),
                        new Template(List.of(new Template.Feature("web")))),
                Rollout.DEFAULT, new Schedule.Continuous(), List.of(), Notification.NONE, Confinement.NONE, Resources.UNLIMITED,
                LogRotation.DEFAULT));
        assertThat(app.routes()).containsExactly(
                new AppRoute.ToExternal(new RouteSpec("*", "/legacy"), new Address("10.0.0.7", 8080)),
                new AppRoute.ToExternal(new RouteSpec("*.example.org", "/"), new Address("::1", 80)));
    }

    @Test
    void aRouteSaysWhichRequestsItTakesAndWhatBecomesOfThem() {
        AppSpec app = app("""
                services:
                  web:
                    command: ["${port}"]
                    route:
                      - { host: a.test, path: "/v[0-9]+/(.*)", match: regex, rewrite: "/{1}", weight: 95 }
                      - { host: a.test, path: /x, strip_prefix: true, methods: [POST, GET], headers: { X-Beta: "1", x-any: },
                              ambiguous_paths: pass }
                  next:
                    command: ["${port}"]
                    route: { host: a.test, path: "/v[0-9]+/(.*)", match: regex, rewrite: "/{1}", weight: 5 }
                routes:
                  - { host: www.a.test, redirect: "https://a.test{path}{query}" }
                  - { host: a.test, path: /old, match: exact, redirect: { to: /new, status: 301 } }
                """);
        var rewritten = new RouteHandling(new RouteHandling.PathChange.Rewrite("/{1}"), RouteHandling.AmbiguousPaths.UNLESS_ALONE,
                Optional.of(95));
        var stripped = new RouteHandling(new RouteHandling.PathChange.StripPrefix(), RouteHandling.AmbiguousPaths.PASS, Optional.empty());
        var when = new RouteConditions(List.of("GET", "POST"), List.of(new RouteConditions.Header("x-any", Optional.empty()),
                new RouteConditions.Header("x-beta", Optional.of("1"))));
        assertThat(app.service(new ServiceName("web")).orElseThrow().routes()).containsExactly(
                new RouteSpec("a.test", "/v[0-9]+/(.*)", PathKind.REGEX, RouteConditions.NONE, rewritten),
                new RouteSpec("a.test", "/x", PathKind.PREFIX, when, stripped));
        assertThat(app.routes()).containsExactly(
                new AppRoute.ToRedirect(new RouteSpec("www.a.test", "/"), new Redirect("https://a.test{path}{query}", 302)),
                new AppRoute.ToRedirect(new RouteSpec("a.test", "/old", PathKind.EXACT, RouteConditions.NONE, RouteHandling.PLAIN),
                        new Redirect("/new", 301)));
        assertThat(app.routes()).extracting(route -> route.route() + " → " + route.target())
                .containsExactly("www.a.test/ → redirect 302 to https://a.test{path}{query}", "a.test=/old → redirect 301 to /new");
    }

    @Test
    void whatIsLeftOutHasADefault() {
        ServiceSpec web = web("");

        assertThat(web.restart()).isEqualTo(new RestartPolicy.Always());
        assertThat(web.stopSignal()).isEqualTo(StopSignal.SIGTERM);
        assertThat(web.stopGrace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(web.replicas()).isOne();
        assertThat(((Workload.Process) web.workload()).workingDirectory()).isEqualTo(FILE.getParent());
        assertThat(web.healthcheck().probe()).isEqualTo(new Healthcheck.None());
        assertThat(web.sleep()).isEqualTo(new SleepSpec.Never());
        assertThat(web.gate()).isEqualTo(Gate.OPEN);
        assertThat(web.fixedPort()).isZero();
        assertThat(web.environment()).isEmpty();
    }

    @Test
    void anAppWithoutANameIsNamedAfterItsFolder() {
        assertThat(app("services: { web: { command: [a] } }").name()).hasToString("mywiki");

        var nameless = new ManifestSource(Path.of("/---/m.yaml"), "services: { web: { command: [a] } }", Map.of());
        assertThat(new ManifestReader().read(nameless)).isInstanceOfSatisfying(Result.Refused.class, refused -> assertThat(refused.errors())
                .singleElement().hasToString("/---/m.yaml:1:1: cannot derive the app's name from its folder '/---': write 'name'"));
    }

    @Test
    void servicesStandAfterWhatTheyDependOnAndOtherwiseAsWritten() {
        AppSpec app = app("""
                services:
                  e: { command: [a] }
                  d: { command: [a], depends_on: [b, a] }
                  c: { command: [a] }
                  b: { command: [a], depends_on: [a] }
                  a: { command: [a] }
                """);

        assertThat(app.services()).extracting(service -> service.name().value()).containsExactly("e", "a", "b", "d", "c");
    }

    @Test
    void aServiceWithoutARouteIsProbedOnThePortThatItsCheckNames() {
        ServiceSpec process = app("services:\n  web:\n    command: [web]\n    healthcheck: { http: /health, port: 8125 }\n").services()
                .getFirst();
        assertThat(process.healthcheck().probe()).isEqualTo(new Healthcheck.Http("/health"));
        assertThat(process.fixedPort()).isEqualTo(8125);
        ServiceSpec container = app("services:\n  web:\n    image: a.io/b\n    liveness: { tcp: true, port: 8125 }\n").services()
                .getFirst();
        assertThat(((Workload.Container) container.workload()).port()).isEqualTo(8125);
    }

    @Test
    void aRoutedServiceIsProbedByTcpUnlessItSaysOtherwise() {
        String routed = "services:\n  web:\n    command: [\"${port}\"]\n    route: { host: a.test }\n";

        assertThat(app(routed).services().getFirst().healthcheck()).isEqualTo(Healthcheck.of(new Healthcheck.Tcp()));
        assertThat(app(routed + "    healthcheck: { interval: 1s }").services().getFirst().healthcheck())
                .satisfies(check -> assertThat(check.probe()).isEqualTo(new Healthcheck.Tcp()))
                .satisfies(check -> assertThat(check.interval()).isEqualTo(Duration.ofSeconds(1)));
        assertThat(app(routed + "    healthcheck: { disable: true }").services().getFirst().healthcheck().probe())
                .isEqualTo(new Healthcheck.None());
    }

    @Test
    void healthcheckTestsAreReadAsComposeDoes() {
        assertThat(web("healthcheck: { test: [CMD, check, \"$$HOME\"] }").healthcheck().probe())
                .isEqualTo(new Healthcheck.Exec(List.of(Template.text("check"), Template.text("$HOME"))));
        assertThat(web("healthcheck: { test: [CMD-SHELL, check || exit 1] }").healthcheck().probe())
                .isEqualTo(new Healthcheck.Exec(List.of(Template.text("/bin/sh"), Template.text("-c"), Template.text("check || exit 1"))));
        assertThat(web("healthcheck: { test: check || exit 1 }").healthcheck().probe())
                .isEqualTo(web("healthcheck: { test: [CMD-SHELL, check || exit 1] }").healthcheck().probe());
        assertThat(web("healthcheck: { test: [NONE] }").healthcheck().probe()).isEqualTo(new Healthcheck.None());
    }

    @Test
    void restartPoliciesAndSignalsHaveComposesSpellings() {
        assertThat(web("restart: no").restart()).isEqualTo(new RestartPolicy.Never());
        assertThat(web("restart: \"no\"").restart()).isEqualTo(new RestartPolicy.Never());
        assertThat(web("restart: unless-stopped").restart()).isEqualTo(new RestartPolicy.Always());
        assertThat(web("restart: on-failure").restart()).isEqualTo(new RestartPolicy.OnFailure(Integer.MAX_VALUE));
        for (String spelling : List.of("SIGQUIT", "QUIT", "3", "sigquit")) {
            assertThat(web("stop_signal: " + spelling).stopSignal()).isEqualTo(StopSignal.SIGQUIT);
        }
    }

    @Test
    void whatOthersWaitToSeeCompletedRunsOnceUnlessItSaysOtherwise() {
        String text = """
                services:
                  web: { command: [a], depends_on: { job: { condition: service_completed_successfully } } }
                  job: { command: [b]%s }
                """;

        assertThat(app(text.formatted("")).services().getFirst().restart()).isEqualTo(new RestartPolicy.Never());
        assertThat(app(text.formatted(", restart: on-failure")).services().getFirst().restart())
                .isEqualTo(new RestartPolicy.OnFailure(Integer.MAX_VALUE));
    }

    @Test
    void aFixedPortStandsForThePort() {
        ServiceSpec web = web("route: [{ host: a.test, port: 8080 }, { host: b.test }]");

        assertThat(web.fixedPort()).isEqualTo(8080);
        assertThat(web.routes()).containsExactly(new RouteSpec("a.test", "/"), new RouteSpec("b.test", "/"));
    }

    @Test
    void aCommandAsTextIsSplitWithQuotesAndNeverSeesAShell() {
        ServiceSpec web = app("""
                services:
                  web:
                    command: 'serve "two words" ''it''  a\\ b ${port}/${SPLIT} "$$(rm)" "" --on=${node.name} "a\\"b" "\\n"'
                """, Map.of("SPLIT", "x y")).services().getFirst();

        assertThat(texts(web.workload().command()))
                .containsExactly("serve", "two words", "it", "a b", "${port}/x", "y", "$$(rm)", "", "--on=${node.name}", "a\"b", "\\n");
    }

    @Test
    void anchorsAndMergesKeepWhatIsNearest() {
        AppSpec app = app("""
                x-one: &one { restart: "no", stop_signal: INT, environment: &env { A: "1", B: "2" } }
                x-two: &two { restart: always, stop_grace_period: 3s }
                services:
                  web:
                    <<: [*one, *two]
                    command: [a]
                    environment: { <<: *env, B: "3" }
                """);

        ServiceSpec web = app.services().getFirst();
        assertThat(web.restart()).isEqualTo(new RestartPolicy.Never());
        assertThat(web.stopSignal()).isEqualTo(StopSignal.SIGINT);
        assertThat(web.stopGrace()).isEqualTo(Duration.ofSeconds(3));
        assertThat(web.environment()).isEqualTo(Map.of("A", Template.text("1"), "B", Template.text("3")));
    }

    @Test
    void variablesAreReplacedBeforeValuesGetTheirType() {
        var variables = Map.of("N", "3", "HOST", "a.test", "EMPTY", "", "TRAP", "${port} $HOST $$");
        ServiceSpec web = app("""
                services:
                  web:
                    command: ["${port}", "$HOST", "${MISSING:-a${N}b}", "${EMPTY:-d}", "${EMPTY-d}", "${N:+set}", "${MISSING+set}", "$$N",
                            "${TRAP}"]
                    deploy: { replicas: "${N:-2}" }
                    route: { host: "${HOST:?needed}" }
                    stop_grace_period: ${GRACE-7s}
                """, variables).services().getFirst();

        assertThat(texts(web.workload().command()))
                .containsExactly("${port}", "a.test", "a3b", "d", "", "set", "", "$$N", "$${port} $$HOST $$$$");
        assertThat(web.replicas()).isEqualTo(3);
        assertThat(web.routes()).containsExactly(new RouteSpec("a.test", "/"));
        assertThat(web.stopGrace()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void allOfReevesReferencesStay() {
        String references = "${port} ${services.web.address} ${services.web.port} ${java.home} ${node.name} ${node.class}"
                + " ${node.labels.rack} ${features.f} ${values.v}";
        ServiceSpec web = web("environment: [\"ALL=" + references + "\", \"P=$port\"]");

        assertThat(web.environment().get("ALL")).hasToString(references);
        assertThat(web.environment().get("P")).hasToString("${port}");
    }

    @Test
    void anEnvironmentNameWithoutValueIsTheCallersOrLeftOut() {
        String map = "services:\n  web:\n    command: [a]\n    environment: { TERM: , ABSENT: , E: \"\" }\n";
        String list = "services:\n  web:\n    command: [a]\n    environment: [TERM, ABSENT, E=]\n";

        for (String text : List.of(map, list)) {
            assertThat(app(text, Map.of("TERM", "xterm")).services().getFirst().environment())
                    .isEqualTo(Map.of("TERM", Template.text("xterm"), "E", new Template(List.of())));
        }
    }

    @Test
    void reevesKeysMayStandUnderXReeve() {
        AppSpec app = app("""
                services:
                  web:
                    command: ["${port}"]
                    x-reeve: { route: { host: a.test }, sleep: { after: 5s }, enabled: false }
                    x-other: { anything: [goes] }
                x-reeve: { routes: [{ host: b.test, to: "http://127.0.0.1:1" }] }
                x-more: 1
                """);

        assertThat(app.services().getFirst().routes()).containsExactly(new RouteSpec("a.test", "/"));
        assertThat(app.services().getFirst().sleep()).isInstanceOf(SleepSpec.WhenIdle.class);
        assertThat(app.services().getFirst().gate().enabled()).isEqualTo(Template.text("false"));
        assertThat(app.routes()).hasSize(1);
    }

    @Test
    void whatIsPassedOverOrProbablyNotMeantIsWarnedOf() {
        assertThat(warnings("""
                version: "3.8"
                services:
                  web:
                    command: [echo, "$NOBODY"]
                    depends_on: { other: { condition: service_started, required: false } }
                """)).containsExactly(
                "/srv/My Wiki/reeve.yaml:1:1: version: is obsolete and not looked at",
                "/srv/My Wiki/reeve.yaml:4:21: services.web.command[1]: the variable NOBODY is not set: nothing stands in its place",
                "/srv/My Wiki/reeve.yaml:5:19: services.web.depends_on.other: is not looked at: there is no service 'other' in this app");
    }

    @Test
    void keysWithoutValueAreAsIfLeftOut() {
        assertThat(web("environment:\n    depends_on: ~\n    sleep: null")).isEqualTo(web(""));
    }

    @Test
    void theSameSourceGivesTheSameResult() {
        String text = "services: { web: { command: [\"${A:-b}\"] } }";

        assertThat(result(text, Map.of("A", "c"))).isEqualTo(result(text, Map.of("A", "c")));
    }

    @Test
    void theNamesOfUsedVariablesAreKnownWithoutReading() {
        assertThat(ManifestVariables.named("""
                name: ${APP:-${FALLBACK}}
                x-any: &x { environment: { FROM_CALLER: , SET: 1 } }
                services:
                  web:
                    <<: *x
                    command: ["$ONE", "$$NOT", "${port}", "${node.name}", "${broken", '${TWO?}']
                  api: { command: [HOME], environment: [LISTED, OTHER=$THREE] }
                """)).containsExactly("APP", "FALLBACK", "FROM_CALLER", "LISTED", "ONE", "THREE", "TWO");
        assertThat(ManifestVariables.named("a: [")).isEmpty();
    }
}
