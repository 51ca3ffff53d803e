package reeve.base.http;

import java.net.InetSocketAddress;
import java.nio.file.attribute.UserPrincipal;

/// Who is at the other end of a connection, as the kernel tells it.
public sealed interface Peer {
    record Tcp(InetSocketAddress address) implements Peer {
        /// Whether it runs on this machine. Says nothing about for whom: a proxy on this machine is on loopback as well.
        public boolean loopback() {
            return address.getAddress().isLoopbackAddress();
        }
    }

    /// @param user the effective user of the process when it connected (SO_PEERCRED, unix(7))
    record Unix(UserPrincipal user) implements Peer {}
}
