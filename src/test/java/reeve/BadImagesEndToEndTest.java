package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;
import reeve.testing.ReeveProcess;
import reeve.testing.RunsAs;

/// Images that do not come, on a real node with a real Podman: the service that wants one says so, its neighbours run, and it runs
/// as well once the image is there.
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
class BadImagesEndToEndTest extends OneNode {
    private static Podman podman;

    @BeforeAll
    static void begin() throws IOException {
        var containers = new RunsAs.Containers();
        podman = containers.podman();
        begin(containers, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1:%d/wiki:1 | missing | image 127.0.0.1:%d/wiki:1 cannot be pulled: | connection refused
            localhost/absent:1  | missing | image localhost/absent:1 cannot be pulled:  | connection refused
            localhost/absent:1  | never   | image localhost/absent:1 is not there       | pull_policy is never
            """)
    @DisplayName("REC-9: an image that cannot be had is one error of its service")
    void anImageThatCannotBeHadIsOneErrorOfItsService(String image, String policy, String what, String why) throws IOException {
        int closed = closedPort();
        applyWanting(image.formatted(closed), policy);
        InstanceRow waits = reeve.awaitState("bad/one/1", "backing_off");
        assertThat(waits.reason()).contains(what.formatted(closed), why).hasLineCount(1);
        assertThat(journal("bad/one/1")).anySatisfy(entry -> assertThat(entry.why()).contains(what.formatted(closed)));
        assertThat(reeve.awaitState("bad/two/1", "running").restarts()).isZero();
    }

    @Test
    @DisplayName("REC-9: a pull that hangs delays nobody; when it is over it is told, and when the image is there its service runs")
    void aPullThatHangsDelaysNobody() throws IOException {
        String image;
        try (var registry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()); var time = new SystemTime()) { // says nothing
            image = "127.0.0.1:" + registry.getLocalPort() + "/wiki:1";
            applyWanting(image, "missing");
            await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance("bad/one/1").reason(), ("pulling " + image)::equals);
            InstanceRow two = reeve.awaitState("bad/two/1", "running");
            ProcessHandle.of(two.pid()).orElseThrow().destroyForcibly();
            awaitAnother(two);
            Elapsed before = time.elapsed();
            assertThat(reeve.instance("bad/one/1").state()).isEqualTo("starting");
            assertThat(time.elapsed().since(before)).isLessThan(Duration.ofSeconds(2));
        }
        await().atMost(ReeveProcess.PATIENCE).until(() -> reeve.instance("bad/one/1").reason(),
                reason -> reason.contains("image " + image + " cannot be pulled: "));
        podman.podman("tag", Podman.BOX, image);
        reeve.awaitState("bad/one/1", "running");
    }

    private static void applyWanting(String image, String policy) {
        reeve.apply("""
                name: bad
                services:
                  one: { image: "%s", pull_policy: %s, init: true, command: [sleep, "1000"] }
                  two: { image: "%s", init: true, command: [sleep, "1000"] }
                """.formatted(image, policy, Podman.BOX));
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
