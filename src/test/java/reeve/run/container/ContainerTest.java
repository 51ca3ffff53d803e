package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.base.Session;
import reeve.model.Confinement;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.LogRotation;
import reeve.model.Resources;
import reeve.model.StopSignal;
import reeve.model.Workload;
import reeve.run.supervise.Driver.Executed;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.run.supervise.Driver;

/// What a declaration says is what a container gets.
class ContainerTest extends RealContainers {
    private static final String CANARY = "hunter2-canary";

    @Test
    void aContainerGetsWhatItsDeclarationSays() throws IOException {
        Path shared = Files.createDirectories(state.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        var confinement = new Confinement(Optional.of("1234:77"), List.of("88"), Set.of("NET_BIND_SERVICE"), Set.of("ALL"), true, true,
                List.of(), List.of(), Map.of("/scratch", "size=1m,mode=1777"), Map.of("nofile", new Confinement.Ulimit(321, 322)),
                Optional.of(0027));
        String script = """
                id; hostname; pwd; echo "$A"; cat /proc/self/limits | grep files; cat /etc/hosts | grep elsewhere
                cat /proc/sys/net/ipv4/ip_default_ttl; grep -E 'NoNewPrivs|CapBnd' /proc/self/status
                touch /made 2>&1; touch /scratch/made && echo scratch works; touch /shared/made && stat -c %a /shared/made
                cat /proc/1/comm; exec sleep 600
                """;
        Run run = start(driver(), WEB, Containers.shell(script).confinement(confinement).environment(Map.of("A", "one\ntwo 'three'"))
                .hostname("wikihost").workingDirectory("/tmp").extraHosts(Map.of("elsewhere", "10.9.8.7"))
                .sysctls(Map.of("net.ipv4.ip_default_ttl", "77"))
                .mount(new Workload.Mount.Bind(shared, "/shared", false, false))
                .resources(new Resources(OptionalLong.of(64L << 20), OptionalDouble.of(0.5), OptionalLong.of(40))));

        eventually(() -> assertThat(output(WEB)).contains("uid=1234(worker) gid=77", "88", "wikihost", "/tmp\n", "one\ntwo 'three'\n",
                "321                  322", "10.9.8.7", "\n77\n", "NoNewPrivs:\t1", "CapBnd:\t0000000000000400",
                "Read-only file system", "scratch works", "\n640\n", "podman-init"));
        assertThat(inspect(run.run(), "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.Name}}"
                + " {{.Config.StopSignal}} {{.HostConfig.RestartPolicy.Name}}")).isEqualTo("67108864 500000000 40 wiki-web-1 15 no");
        assertThat(inspect(run.run(), "{{json .Config.Labels}}")).contains("\"team\":\"docs\"", "\"reeve.instance\":\"wiki/web/1\"",
                "\"reeve.spec\":\"spec-1\"", "\"reeve.app\":\"wiki\"", "\"reeve.node\":", "\"reeve.run\":");
    }

    @Test
    void somebodyCanTalkToACommandInsideAContainer() throws Exception {
        Driver driver = driver();
        Run run = start(driver, WEB, sleeps());
        var words = List.of("sh", "-c", "echo \"$COLOUR\"; cat; echo wrong >&2; exit 7");
        try (Session session = driver.open(WEB, run, new Interaction(words, Map.of("COLOUR", "blue"), Optional.empty()))) {
            session.in().write("typed\n".getBytes(StandardCharsets.UTF_8));
            session.in().close();
            assertThat(session.out().readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("blue\ntyped\n");
            assertThat(session.err().readAllBytes()).asString(StandardCharsets.UTF_8).contains("wrong\n");
            assertThat(session.await()).isEqualTo(7);
        }
        var size = new Interaction.Terminal(25, 81);
        try (Session session = driver.open(WEB, run, new Interaction(List.of("sh", "-c", "tty"), Map.of(), Optional.of(size)))) {
            assertThat(session.out().readAllBytes()).asString(StandardCharsets.UTF_8).contains("/dev/pts/");
            assertThat(session.await()).isZero();
        }
    }

    @Test
    @DisplayName("SUP-19 a secret is a file that only the program may read, and stands neither in an argument nor in a log")
    void aSecretIsAFileForItsProgramOnly() throws IOException {
        Run run = start(driver(), WEB, Containers.shell("stat -c '%a %u' /run/secrets/password; exec sleep 600")
                .secrets(Map.of("password", CANARY)).environment(Map.of("TOKEN", CANARY))
                .confinement(user("1234")));
        eventually(() -> assertThat(output(WEB)).contains("400 1234"));
        assertThat(podman.podman("exec", run.run(), "cat", "/run/secrets/password")).isEqualTo(CANARY);
        assertThat(podman.podman("secret", "ls", "--quiet")).as("what was only needed to hand it over").isEmpty();
        assertThat(commandLines()).noneMatch(line -> line.contains(CANARY));
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain(CANARY);
            }
        }
    }

    private static List<String> commandLines() {
        return ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()).toList();
    }

    private static Confinement user(String user) {
        return new Confinement(Optional.of(user), List.of(), Set.of(), Set.of(), false, false, List.of(), List.of(), Map.of(), Map.of(),
                Optional.empty());
    }

    @Test
    void servicesFindEachOtherByNameAndPortsLeadInside() throws Exception {
        var driver = driver();
        start(driver, DB, Containers.shell("mkdir -p /tmp/www; echo from the database > /tmp/www/index.html;"
                + " exec httpd -f -p 5432 -h /tmp/www").network("wiki_net", "storage"));
        int port = freePort();
        start(driver, WEB, Containers.shell("mkdir -p /tmp/www; for name in db storage wiki-db-1; do"
                        + " wget -q -O /tmp/www/$name http://$name:5432/index.html; done; exec httpd -f -p 80 -h /tmp/www")
                .network("wiki_net").port(80, port).published(new Workload.PublishedPort("127.0.0.1", freePort(), 80, "tcp")));
        for (String name : List.of("db", "storage", "wiki-db-1")) {
            eventually(() -> assertThat(get(port, "/" + name)).isEqualTo("from the database\n"));
        }
        assertThat(podman.podman("network", "inspect", "wiki_net")).contains("\"reeve.app\": \"wiki\"");
    }

    private static String get(int port, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (ConnectException e) {
            return "nobody listens yet";
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void volumesOutliveTheirContainersAndThoseWithoutANameGoOnWithTheNextOne() {
        var driver = driver();
        var writes = Containers.shell("echo kept >> /data/file; echo kept >> /anon/file; cat /data/file /anon/file")
                .volume("wiki_data", "/data").mount(new Workload.Mount.Anonymous("/anon"));
        start(driver, WEB, writes);
        eventually(() -> assertThat(heard).hasSize(1));
        start(driver, WEB, writes);
        eventually(() -> assertThat(heard).containsExactly("wiki/web/1 ended: exit code 0", "wiki/web/1 ended: exit code 0"));
        assertThat(output(WEB)).isEqualTo("kept\n".repeat(2 + 4));
        assertThat(podman.podman("volume", "ls", "--quiet").lines()).hasSize(2);
        assertThat(podman.podman("volume", "inspect", "wiki_data")).contains("\"reeve.app\": \"wiki\"", "\"kept\": \"yes\"");
        driver.forget(WEB);
        assertThat(podman.podman("volume", "ls", "--quiet")).isEqualTo("wiki_data");
        podman.podman("volume", "rm", "wiki_data");
    }

    @Test
    @DisplayName("SUP-8 a volume is removed through the Podman that made it, once no container uses it, and one that is gone is no fault")
    void aVolumeIsRemovedOnceNothingUsesIt() {
        ContainerRuntime runtime = runtime();
        Driver driver = driver(runtime);
        Run run = start(driver, WEB, sleeps().volume("wiki_data", "/data"));
        assertThatThrownBy(() -> runtime.removeVolume("wiki_data")).isInstanceOf(Failure.class)
                .hasMessageStartingWith("cannot remove volume wiki_data: ").hasMessageContaining("being used");
        assertThat(podman.podman("volume", "ls", "--quiet")).isEqualTo("wiki_data");
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(heard).hasSize(1));
        driver.forget(WEB);
        runtime.removeVolume("wiki_data");
        assertThat(podman.podman("volume", "ls", "--quiet")).isEmpty();
        runtime.removeVolume("wiki_data");
        ContainerRuntime without = runtime(new ContainerSettings(Optional.empty(), "/no/such/podman", Optional.empty()));
        podman.podman("volume", "create", "kept");
        state.resolve("containers/podman.sock").toFile().delete();
        assertThatThrownBy(() -> without.removeVolume("kept")).isInstanceOf(Failure.class).hasMessageContaining("/no/such/podman");
        podman.podman("volume", "rm", "kept");
    }

    @Test
    void aContainerOfThatNameThatIsNotOursIsAConflictAndStaysAsItIs() {
        String stranger = podman.podman("run", "--detach", "--name", "wiki-web-1", "--network", "none", Containers.BOX, "sleep", "600");
        assertThat(driver().start(WEB, sleeps().log(log(WEB)).launch(), words::add))
                .isEqualTo(new Started.Conflict("a container named wiki-web-1 is there, and it is not this Reeve's"));
        assertThat(inspect(stranger, "{{.State.Status}}")).isEqualTo("running");
        assertThat(driver().adopt()).isEmpty();
    }

    @Test
    void whatIsMissingIsSaidByName() {
        var driver = driver();
        assertThat(refused(driver, WEB, sleeps().attached("nowhere"))).contains("network nowhere is not declared");
        assertThat(refused(driver, WEB, sleeps().mount(new Workload.Mount.Bind(Path.of("/no/such/folder"), "/x", false, false))))
                .contains("/no/such/folder, to be seen at /x inside, does not exist");
        assertThat(refused(driver, WEB, sleeps().confinement(user("nobody-knows")))).contains("nobody-knows");
        assertThat(refused(driver, WEB, sleeps().image("localhost/absent:1", Workload.PullPolicy.NEVER)))
                .contains("image localhost/absent:1 is not there, and its pull_policy is never");
        assertThat(podman.podman("ps", "--all", "--quiet")).isEmpty();
    }

    @Test
    void aProgramThatUsesTooMuchMemoryRanOutOfMemory() {
        start(driver(), WEB, Containers.shell("sleep 1; dd if=/dev/zero of=/dev/null bs=200M count=1")
                .resources(new Resources(OptionalLong.of(16L << 20), OptionalDouble.empty(), OptionalLong.empty())));
        eventually(() -> assertThat(heard).containsExactly("wiki/web/1 ended: out of memory"));
        assertThat(driver().adopt()).as("Podman itself only knows the signal").singleElement().isInstanceOf(Found.Ended.class);
    }

    @Test
    @DisplayName("SUP-16 a program that uses too much memory at its very beginning ran out of memory, each time")
    void aProgramThatUsesTooMuchMemoryAtOnceRanOutOfMemory() {
        var driver = driver();
        for (int i = 0; i < 5; i++) {
            heard.clear();
            start(driver, WEB, Containers.of(List.of("dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1")).init(i % 2 == 0)
                    .resources(new Resources(OptionalLong.of(16L << 20), OptionalDouble.empty(), OptionalLong.empty())));
            eventually(() -> assertThat(heard).containsExactly("wiki/web/1 ended: out of memory"));
        }
        assertThat(Path.of("oom")).as("what the monitor leaves where it was started").doesNotExist();
    }

    @Test
    void aCommandRunsInsideAndIsKilledWhenItTakesTooLong() {
        var driver = driver();
        Run run = start(driver, WEB, sleeps().environment(Map.of("A", "inside")));
        assertThat(driver.exec(WEB, run, List.of("sh", "-c", "echo $A; echo wrong >&2; exit 3"), Duration.ofSeconds(10), 1000))
                .satisfies(executed -> {
                    assertThat(executed.exit()).contains(new Exit.Code(3));
                    assertThat(executed.output()).contains("inside\n", "wrong\n");
                });
        assertThat(driver.exec(WEB, run, List.of("sh", "-c", "yes | head -n 100000; echo end"), Duration.ofSeconds(10), 100).output())
                .hasSize(100).endsWith("y\nend\n");
        Executed late = driver.exec(WEB, run, List.of("sh", "-c", "echo begun; exec sleep 59"), Duration.ofSeconds(3), 100);
        assertThat(late).isEqualTo(new Executed(Optional.empty(), "begun\n"));
        eventually(() -> assertThat(commandLines()).noneMatch(line -> line.equals("sleep 59")));
        assertThatThrownBy(() -> driver.exec(WEB, run, List.of("no-such-program"), Duration.ofSeconds(5), 100))
                .isInstanceOf(Failure.class).hasMessageContaining("no-such-program");
        assertThat(alive(run)).isTrue();
    }

    @Test
    void whatItUsesIsTold() {
        var driver = driver();
        Run run = start(driver, WEB, sleeps());
        assertThat(driver.usage(WEB, run)).hasValueSatisfying(usage -> {
            assertThat(usage.memory()).isBetween(1L, 100L << 20);
            assertThat(usage.cpu()).isPositive();
            assertThat(usage.processes()).isBetween(1, 10);
        });
        driver.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(heard).hasSize(1));
        assertThat(driver.usage(WEB, run)).isEmpty();
    }

    @Test
    void aFloodOfOutputStaysWithinItsBound() throws IOException {
        Run run = start(driver(), WEB, Containers.shell("yes | head -n 2000000; echo the end; exec sleep 600")
                .rotation(new LogRotation(256 * 1024, 2, Duration.ofDays(1))));
        eventually(() -> assertThat(output(WEB)).endsWith("the end\n"));
        assertThat(Files.size(log(WEB))).isBetween(1L, 512L * 1024);
        assertThat(alive(run)).isTrue();
    }

    @Test
    @DisplayName("Lines that are too old are put aside and then removed, none is lost meanwhile, also after Reeve was restarted")
    void aLogIsBoundInItsAge() throws IOException {
        var counts = Containers.shell("i=0; while sleep 0.1; do echo $i; i=$((i+1)); done");
        Path aside = log(WEB).resolveSibling("web.log.1");
        Driver first = driver();
        start(first, WEB, counts.rotation(new LogRotation(256 * 1024, 2, Duration.ofSeconds(2))));
        eventually(() -> assertThat(aside).exists());
        first.close();
        String before = ifThere(aside);
        driver().adopt();
        eventually(() -> {
            String old = ifThere(aside);
            assertThat(old).isNotEqualTo(before);
            List<Integer> lines = Stream.of(old, ifThere(log(WEB))).flatMap(String::lines)
                    .map(line -> Integer.valueOf(line.substring(line.lastIndexOf(' ') + 1))).toList();
            assertThat(lines).hasSizeGreaterThan(20).first().satisfies(line -> assertThat(line).isPositive());
            assertThat(lines).isEqualTo(IntStream.rangeClosed(lines.getFirst(), lines.getLast()).boxed().toList());
        });

        start(driver(), DB, counts.rotation(new LogRotation(256 * 1024, 1, Duration.ofSeconds(1))));
        eventually(() -> assertThat(ifThere(log(DB))).isNotEmpty().doesNotContain(" F 0\n"));
        assertThat(log(DB).resolveSibling("db.log.1")).doesNotExist();
    }

    /// Files come and go: an old one is removed some moments before the next is put aside.
    private static String ifThere(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Test
    void replicasHaveContainersOfTheirOwn() {
        var driver = driver();
        var second = InstanceId.parse("wiki/web/2");
        assertThat(start(driver, WEB, sleeps()).run()).isNotEqualTo(start(driver, second, sleeps()).run());
        assertThat(podman.podman("ps", "--format", "{{.Names}}").lines()).containsExactlyInAnyOrder("wiki-web-1", "wiki-web-2");
    }
}
