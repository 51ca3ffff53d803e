package reeve;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import reeve.base.os.PortHolder;
import reeve.declare.settings.Listener;
import reeve.model.Address;
import reeve.model.Failure;

/// A TCP listener that is bound.
/// @param address with the port that was picked where 0 was asked for
record Listening(ServerSocketChannel channel, Address address) {
    private static final int MOST_TRIES = 100;

    /// Binds the address that was chosen, or the next free port after one that nobody chose.
    /// @throws Failure `CONFLICT` naming who holds the port
    static Optional<Listening> on(Listener listener) throws IOException {
        Address wish = listener.address();
        for (int port = wish.port(); ; port++) {
            var channel = ServerSocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
            try {
                channel.bind(new InetSocketAddress(wish.host(), port));
                return Optional.of(new Listening(channel, new Address(wish.host(), channel.socket().getLocalPort())));
            } catch (BindException e) {
                channel.close();
                if (!listener.nextFree() || port >= Math.min(65_535, wish.port() + MOST_TRIES)) {
                    var reason = new Failure(Failure.Kind.CONFLICT, "cannot listen on " + new Address(wish.host(), port) + ": "
                            + e.getMessage(), e);
                    throw named(reason, port);
                }
            }
        }
    }

    /// The same failure, with the program that holds the port where it can be seen.
    static Failure named(Failure failure, int port) {
        return new PortHolder().of(port)
                .map(holder -> new Failure(failure.kind(), failure.getMessage() + "; it is held by " + holder, failure))
                .orElse(failure);
    }
}
