package reeve.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A unix socket that passes everything on to another one, each piece of a request once a test has let it through.
public final class HeldSocket implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path to;
    private final Consumer<String> gate;

    /// @param gate given each piece that a client sends, returns when it may pass
    public HeldSocket(Path at, Path to, Consumer<String> gate) throws IOException {
        this.to = to;
        this.gate = gate;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(at));
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(to));
                Thread.ofVirtual().start(() -> pass(client, behind, gate));
                Thread.ofVirtual().start(() -> pass(behind, client, _ -> {}));
            } catch (IOException e) {
                return; // it was closed
            }
        }
    }

    private static void pass(SocketChannel from, SocketChannel to, Consumer<String> gate) {
        ByteBuffer piece = ByteBuffer.allocate(16 * 1024);
        try (from; to) {
            while (from.read(piece.clear()) >= 0) {
                gate.accept(StandardCharsets.ISO_8859_1.decode(piece.flip().duplicate()).toString());
                while (piece.hasRemaining()) {
                    to.write(piece);
                }
            }
        } catch (IOException e) {
            // one of them has had enough, and the other is closed as well
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
