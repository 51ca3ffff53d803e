package reeve.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import reeve.base.Closer;
import reeve.base.SystemTime;
import reeve.base.http.HttpServer;
import reeve.base.http.ServerLimits;
import reeve.base.http.UnixListener;
import reeve.front.api.Api;
import reeve.front.api.Guard;

/// A [FakeNode] behind the real API on a real unix socket.
public final class FakeServer implements AutoCloseable {
    public final SystemTime time;
    public final FakeNode node;
    public final Path socket;
    private final Closer closer = new Closer();

    public FakeServer(Path folder) throws IOException {
        time = closer.register(new SystemTime());
        node = new FakeNode(folder);
        socket = folder.resolve("reeve.sock");
        var listening = (UnixListener.Listening) UnixListener.listen(socket);
        var owner = Files.getOwner(socket);
        var api = new Api(node.parts(time), new Guard(_ -> false, _ -> false, owner::equals, Set.of()));
        closer.register(HttpServer.start(listening.channel(), ServerLimits.DEFAULT, time, api));
    }

    @Override
    public void close() {
        closer.close();
    }
}
