package reeve.base.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CourierTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    @Test
    void aListeningSocketIsHandedOverWithWhatWaitsInItsQueue() throws IOException {
        try (var door = Courier.open(folder.resolve("door")); var there = Courier.connect(folder.resolve("door"));
                var here = door.accept(PATIENCE).orElseThrow()) {
            assertThat(here.peer()).isEqualTo(ProcessHandle.current().pid());
            var channel = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
            var address = (InetSocketAddress) channel.getLocalAddress();
            try (var waiting = SocketChannel.open(address)) {
                there.send(new Courier.Message("http", List.of(OpenListener.of(channel).descriptor())));
                Courier.Message got = ((Courier.Received.Got) here.receive(PATIENCE)).message();
                assertThat(got.text()).isEqualTo("http");
                channel.close(); // the predecessor ends
                OpenListener taken = OpenListener.take(got.files().getFirst());
                try (var served = taken.channel().accept()) {
                    served.write(ByteBuffer.wrap(new byte[] {42}));
                    assertThat(waiting.read(ByteBuffer.allocate(2))).isEqualTo(1);
                }
                try (var later = SocketChannel.open(address); var served = taken.channel().accept()) {
                    assertThat(later.isConnected()).isTrue();
                    assertThat(served.isConnected()).isTrue();
                }
                taken.channel().close();
            }
        }
    }

    @Test
    void aUnixListenerIsHandedOverToo() throws IOException {
        Path path = folder.resolve("socket");
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        int copy = OpenListener.duplicate(OpenListener.of(channel).descriptor());
        channel.close();
        OpenListener taken = OpenListener.take(copy);
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path)); var served = taken.channel().accept()) {
            assertThat(client.isConnected()).isTrue();
            assertThat(served.isConnected()).isTrue();
        }
        taken.channel().close();
        assertThat(Files.exists(path)).isTrue();
    }

    @Test
    void whoEndsIsNoticed() throws IOException {
        try (var door = Courier.open(folder.resolve("door"))) {
            Courier there = Courier.connect(folder.resolve("door"));
            Courier here = door.accept(PATIENCE).orElseThrow();
            assertThat(here.receive(Duration.ofMillis(1))).isEqualTo(new Courier.Received.TooLate());
            there.close();
            assertThat(here.receive(PATIENCE)).isEqualTo(new Courier.Received.Ended());
            here.close();
        }
        try (var door = Courier.open(folder.resolve("door"))) {
            assertThat(door.accept(Duration.ofMillis(1))).isEmpty();
        }
    }
}
