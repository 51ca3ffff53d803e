package reeve;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import reeve.base.os.OpenListener;
import reeve.base.os.PortHolder;
import reeve.declare.settings.Listener;
import reeve.model.Address;
import reeve.model.Failure;

/// A TCP listener that is bound.
/// @param address with the port that was picked where 0 was asked for
/// @param note    for people, where another port than the usual one had to be taken
record Listening(OpenListener socket, Address address, Optional<String> note) {
    private static final int MOST_TRIES = 100;

    /// Binds the address that was chosen, or the next free port after one that nobody chose.
    /// @throws Failure `CONFLICT` naming who holds the port
    static Optional<Listening> on(Listener listener) throws IOException {
        Address wish = listener.address();
        for (int port = wish.port(); ; port++) {
            var channel = ServerSocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
            try {
                channel.bind(new InetSocketAddress(wish.host(), port));
                var bound = new Address(wish.host(), channel.socket().getLocalPort());
                return Optional.of(new Listening(OpenListener.of(channel), bound, note("status page", wish, bound)));
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

    /// The same on another descriptor of its socket.
    Listening on(OpenListener other) {
        return new Listening(other, address, note);
    }

    /// A socket that came from elsewhere, where it is the one that is wished.
    static Optional<Listening> taken(TakenSockets sockets, Listener wish) throws IOException {
        Optional<TakenSockets.Taken> there = sockets.take(TakenSockets.ADMIN, wish);
        return there.isEmpty() ? Optional.empty() : Optional.of(new Listening(OpenListener.take(there.get().descriptor()),
                there.get().address(), note("status page", wish.address(), there.get().address())));
    }

    /// Binds the address for a moment: one that somebody chose has to be free.
    /// @throws Failure `CONFLICT` naming who holds the port
    static void refuseTaken(Listener listener) throws IOException {
        if (!listener.nextFree()) {
            on(listener).orElseThrow().socket().channel().close();
        }
    }

    /// What to tell where the usual port was taken.
    /// @param what that listens, for people
    static Optional<String> note(String what, Address wish, Address bound) {
        return wish.port() == 0 || wish.equals(bound) ? Optional.empty()
                : Optional.of("the " + what + " uses port " + bound.port() + ": port " + wish.port() + " is taken"
                        + new PortHolder().of(wish.port()).map(holder -> " by " + holder).orElse(""));
    }

    /// The same failure, with the program that holds the port where it can be seen.
    static Failure named(Failure failure, int port) {
        return new PortHolder().of(port)
                .map(holder -> new Failure(failure.kind(), failure.getMessage() + "; it is held by " + holder, failure))
                .orElse(failure);
    }
}
