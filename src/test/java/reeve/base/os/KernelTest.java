package reeve.base.os;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.testing.NeedsProgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// The calls to the kernel, made for real.
@Tag("it")
class KernelTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theEndOfAProcessIsToldOnceWithAndWithoutPidfds(boolean pidfds) throws IOException {
        Process process = new ProcessBuilder("sleep", "600").start();
        long start = Processes.facts(process.pid()).orElseThrow().startTicks();
        var told = new AtomicInteger();
        try (var watch = new PidWatch(pidfds)) {
            watch.watch(process.pid(), start, told::incrementAndGet);
            watch.watch(process.pid(), start - 1, () -> told.addAndGet(100)); // another process had that pid
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(told).hasValue(100));
            assertThat(Processes.signal(process.pid(), start - 1, Processes.SIGKILL)).isFalse();
            assertThat(Processes.signal(process.pid(), start, Processes.SIGKILL)).isTrue();
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(told).hasValue(101));
            watch.watch(process.pid(), start, () -> told.addAndGet(1000));
            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(told).hasValue(1101));
        }
    }

    @Test
    void nobodySignalsEverybody() {
        assertThatThrownBy(() -> Processes.signalGroup(1, 15)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Processes.signalGroup(0, 15)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Processes.signalGroup(Integer.MAX_VALUE, 15)).as("there is no such group").isFalse();
    }

    @Test
    void theUserAtTheOtherEndOfAUnixSocketIsKnown() throws IOException {
        Path path = folder.resolve("socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    SocketChannel accepted = server.accept()) {
                assertThat(PeerUser.of(accepted)).isEqualTo(System.getProperty("user.name"));
            }
        }
    }

    @Test
    @NeedsProgram("perl")
    void aNotificationReachesItsSocket() throws Exception {
        Path path = folder.resolve("notify");
        Process manager = new ProcessBuilder("perl", "-MSocket", "-e", """
                socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])) or die; recv($s, my $m, 999, 0); print $m;
                """, path.toString()).start();
        await().atMost(Duration.ofSeconds(5)).until(() -> Files.exists(path));
        assertThat(new Notify(path.toString()).send("READY=1\nSTATUS=grüße")).isTrue();
        assertThat(new String(manager.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("READY=1\nSTATUS=grüße");
        assertThat(new Notify("").send("READY=1")).isFalse();
        assertThat(new Notify(folder.resolve("nobody").toString()).send("READY=1")).isFalse();
    }

    @Test
    void theMachineHasABootAndNamesDiffer() {
        assertThat(Machine.bootId()).isEqualTo(Machine.bootId()).hasSize(36);
        assertThat(Machine.newName()).isNotEqualTo(Machine.newName());
        assertThat(Machine.user()).isNotNegative();
    }
}
