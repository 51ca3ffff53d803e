package reeve.base.os;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/// Who is at the other end of a unix socket, as the kernel knows it (SO_PEERCRED).
public final class PeerUser {
    private PeerUser() {}

    /// The name of the user whose process connected, or its number where it has no name.
    /// @throws IOException when the connection is closed or not a unix socket's
    public static String of(SocketChannel channel) throws IOException {
        try {
            return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        } catch (UnsupportedOperationException e) {
            throw new IOException("cannot learn who connected: not a unix socket", e);
        }
    }
}
