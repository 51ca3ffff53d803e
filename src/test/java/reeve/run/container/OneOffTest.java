package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.base.Session;
import reeve.model.Confinement;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.Resources;
import reeve.model.Workload;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver;

/// `reeve run` for a container's service: another container of its image, for as long as somebody talks to it.
@Timeout(120)
class OneOffTest extends RealContainers {
    private static final InstanceId COPY = InstanceId.parse("wiki/web/999999");

    private static Interaction command(String... words) {
        return new Interaction(List.of(words), Map.of(), Optional.empty());
    }

    private static Interaction onTerminal(String... words) {
        return new Interaction(List.of(words), Map.of(), Optional.of(new Interaction.Terminal(25, 81)));
    }

    private Session once(Driver driver, Containers container, Interaction what) {
        return driver.once(COPY, container.log(log(WEB)).launch(), what);
    }

    private static String output(Session session) throws IOException {
        return new String(session.out().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<String> names() {
        return podman.podman("ps", "--all", "--format", "{{.Names}}").lines().toList();
    }

    @Test
    void aCopyHasAllThatItsServiceHasButPortsAndANameForOthers() throws Exception {
        Driver driver = driver();
        int own = freePort();
        int published = freePort();
        var confinement = new Confinement(Optional.of("1234"), List.of(), Set.of(), Set.of(), true, false, List.of(), List.of(), Map.of(),
                Map.of("nofile", new Confinement.Ulimit(99, 100)), Optional.of(027));
        var web = Containers.shell("echo from the instance >/data/file; exec sleep 600").volume("once_data", "/data").network("once_net")
                .port(80, own).published(new Workload.PublishedPort("127.0.0.1", published, 80, "tcp"))
                .environment(Map.of("COLOUR", "blue", "SHAPE", "round")).secrets(Map.of("key", "canary"))
                .resources(new Resources(OptionalLong.of(64L << 20), OptionalDouble.empty(), OptionalLong.empty()));
        Run run = start(driver, WEB, web);
        eventually(() -> assertThat(podman.podman("exec", run.run(), "ls", "/data")).isEqualTo("file"));

        var what = new Interaction(List.of("sh", "-c", """
                id -u; umask; ulimit -n; echo "$COLOUR $SHAPE"; cat /run/secrets/key; echo; cat /data/file; nslookup web | grep 'Address: 10'
                cat; echo wrong >&2; exit 7"""), Map.of("SHAPE", "square"), Optional.empty());
        try (Session session = once(driver, web.confinement(confinement), what)) {
            assertThat(names()).hasSize(2).anyMatch(name -> name.startsWith("wiki-web-once-"));
            session.in().write("typed\n".getBytes(StandardCharsets.UTF_8));
            session.in().close();
            assertThat(output(session)).startsWith("1234\n0027\n99\nblue square\ncanary\nfrom the instance\n").endsWith("typed\n")
                    .as("its service's name leads to the instance alone").containsOnlyOnce("Address: 10.");
            assertThat(session.err().readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("wrong\n");
            assertThat(session.await()).isEqualTo(7);
        }
        assertThat(names()).containsExactly("wiki-web-1");
        assertThat(podman.podman("secret", "ls", "--quiet")).isEmpty();
        assertThat(alive(run)).isTrue();
        assertThat(driver.adopt()).hasSize(1);
        driver.close();
        podman.podman("rm", "--force", "--time=0", run.run());
        podman.podman("volume", "rm", "once_data");
        podman.podman("network", "rm", "once_net");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aCopyHasATerminalOfTheCallersSize() throws Exception {
        try (Session session = once(driver(), sleeps(), onTerminal("sh", "-c", "tty; stty size; read line; stty size; exit 3"))) {
            var out = new BufferedReader(new InputStreamReader(session.out(), StandardCharsets.UTF_8));
            assertThat(out.readLine()).startsWith("/dev/pts/");
            assertThat(out.readLine()).isEqualTo("25 81");
            session.resize(40, 100);
            eventually(() -> assertThat(podman.podman("exec", names().getFirst(), "sh", "-c", "stty size </proc/1/fd/0"))
                    .isEqualTo("40 100"));
            session.in().write("typed\r".getBytes(StandardCharsets.UTF_8));
            session.in().flush();
            assertThat(out.lines()).containsExactly("typed", "40 100");
            assertThat(session.await()).isEqualTo(3);
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void withoutACommandItRunsItsOwn() throws Exception {
        podman.podman("create", "--name", "made", "--entrypoint", "[]", Containers.BOX, "true");
        podman.podman("commit", "--change", "CMD [\"echo\", \"the image's own\"]", "made", "localhost/speaking:1");
        podman.podman("rm", "made");
        var speaking = sleeps().image("localhost/speaking:1", Workload.PullPolicy.MISSING);
        try (Session session = once(driver(), speaking, command())) {
            assertThat(output(session)).isEqualTo("the image's own\n");
            assertThat(session.await()).isZero();
        }
    }

    @Test
    void closingEndsItAlsoWhereItIgnoresThat() throws Exception {
        Driver driver = driver();
        for (Interaction stubborn : List.of(command("sh", "-c", "trap '' TERM HUP; echo here; while :; do sleep 1; done"),
                onTerminal("sh", "-c", "trap '' TERM HUP; echo here; while :; do sleep 1; done"))) {
            Session session = once(driver, sleeps(), stubborn);
            assertThat(session.out().read()).isEqualTo('h');
            session.close();
            assertThat(session.await()).isEqualTo(128 + 9);
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void whatObeysEndsAtOnceAndByItsStopSignal() throws Exception {
        Session session = once(driver(), sleeps(), command("sh", "-c", "trap 'exit 5' TERM; echo here; while :; do sleep 0.1; done"));
        assertThat(session.out().read()).isEqualTo('h');
        session.close();
        assertThat(session.await()).isEqualTo(5);
    }

    @Test
    void whatAKilledReeveLeftIsNoInstanceAndIsRemovedByTheNext() {
        Session lost = once(driver(), sleeps(), command("sleep", "601"));
        assertThat(names()).hasSize(1);
        assertThat(driver().adopt()).isEmpty();
        eventually(() -> assertThat(names()).isEmpty());
        lost.close();
    }

    @Test
    void whatSomebodyTalksToIsNotTakenForLeftAndEndsWithReeve() throws Exception {
        Driver driver = driver();
        start(driver, WEB, sleeps()); // from now on there are lists
        try (Session session = once(driver, sleeps(), command("sh", "-c", "echo here; cat"))) {
            assertThat(session.out().read()).isEqualTo('h');
            driver.adopt();
            assertThat(names()).hasSize(2);
            driver.close();
            assertThat(session.await()).isEqualTo(128 + 9);
        }
        assertThat(names()).containsExactly("wiki-web-1");
    }

    @Test
    void whatCannotBeRunIsSaidInPlainWords() {
        Driver driver = driver();
        assertThatThrownBy(() -> once(driver, sleeps().init(false), command("no-such-program"))).isInstanceOf(Failure.class)
                .hasMessageStartingWith("cannot run a copy of wiki/web: ").hasMessageContaining("no-such-program");
        assertThatThrownBy(() -> once(driver, sleeps().image("localhost/absent:1", Workload.PullPolicy.NEVER), command("true")))
                .isInstanceOf(Failure.class).hasMessageContaining("image localhost/absent:1 is not there");
        assertThatThrownBy(() -> once(driver, sleeps().attached("nowhere"), command("true")))
                .isInstanceOf(Failure.class).hasMessageContaining("network nowhere is not declared");
        assertThat(names()).isEmpty();
    }
}
