package reeve.base.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/// A listening socket of the JDK together with its descriptor, so that it can be handed to another process, or was. The socket
/// itself, with the connections that wait in its queue, is one for all processes that have it; it goes with the last of them.
/// @param channel closes this process's descriptor, and no other's
/// @param taken   the descriptor of a channel that was not bound here
public record OpenListener(ServerSocketChannel channel, OptionalInt taken) {
    private static final int UNIX = 1;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int DUPLICATE_CLOSED_ON_EXEC = 1030;
    private static final int FIRST_FREE = 3;
    private static final int SOCKET_LEVEL = 1;
    private static final int LISTENS = 30;
    private static final int MOST_NAME = 128;

    /// A channel that this process has bound.
    public static OpenListener of(ServerSocketChannel channel) {
        return new OpenListener(channel, OptionalInt.empty());
    }

    /// Of the channel, for as long as it is open.
    public int descriptor() throws IOException {
        if (taken.isPresent()) {
            return taken.getAsInt();
        }
        SocketAddress wanted = channel.getLocalAddress();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path file : files) {
                int descriptor = Integer.parseInt(file.getFileName().toString());
                if (listens(descriptor) && isAt(wanted, name(descriptor))) {
                    return descriptor;
                }
            }
        }
        throw new IOException("cannot find the descriptor of the socket at " + wanted);
    }

    /// A listening socket that came from elsewhere, as a channel. The JDK makes none from a descriptor: the socket takes the place of
    /// one that it has made, whose address the channel goes on to name.
    /// @param taken is closed
    public static OpenListener take(int taken) throws IOException {
        ServerSocketChannel place = name(taken)[0] == UNIX ? ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(null)
                : ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int descriptor = of(place).descriptor();
        if (place.getLocalAddress() instanceof UnixDomainSocketAddress made) {
            Files.deleteIfExists(made.getPath());
        }
        Libc.Answer replaced = Libc.REPLACE.call(taken, descriptor, CLOSE_ON_EXEC);
        Libc.CLOSE.call(taken);
        if (replaced.failed()) {
            place.close();
            throw new IOException("cannot take over a listening socket: error " + replaced.errno());
        }
        return new OpenListener(place, OptionalInt.of(descriptor));
    }

    /// Where a TCP socket listens that came from elsewhere.
    public static InetSocketAddress address(int descriptor) throws IOException {
        byte[] name = name(descriptor);
        int port = Byte.toUnsignedInt(name[2]) << 8 | Byte.toUnsignedInt(name[3]);
        byte[] host = name[0] == 2 ? Arrays.copyOfRange(name, 4, 8) : Arrays.copyOfRange(name, 8, 24);
        return new InetSocketAddress(InetAddress.getByAddress(host), port);
    }

    /// One more descriptor of the same open file.
    public static int duplicate(int descriptor) throws IOException {
        Libc.Answer made = Libc.FILE_CONTROL.call(descriptor, DUPLICATE_CLOSED_ON_EXEC, FIRST_FREE);
        if (made.failed()) {
            throw new IOException("cannot duplicate a descriptor: error " + made.errno());
        }
        return made.value();
    }

    /// Closes a descriptor that nothing else closes.
    public static void close(int descriptor) {
        Libc.CLOSE.call(descriptor);
    }

    private static boolean listens(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            return !Libc.SOCKET_OPTION.call(descriptor, SOCKET_LEVEL, LISTENS, value.address(), length.address()).failed()
                    && value.get(ValueLayout.JAVA_INT, 0) != 0;
        }
    }

    /// struct sockaddr: the family in two bytes, then a path, or the port in two bytes and the address.
    private static byte[] name(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(MOST_NAME, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, MOST_NAME);
            Libc.Answer answer = Libc.SOCKET_NAME.call(descriptor, name.address(), length.address());
            if (answer.failed()) {
                throw new IOException("cannot ask for the name of a socket: error " + answer.errno());
            }
            return name.asSlice(0, Math.min(MOST_NAME, length.get(ValueLayout.JAVA_INT, 0))).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static boolean isAt(SocketAddress wanted, byte[] name) {
        return switch (wanted) {
            case UnixDomainSocketAddress unix -> name[0] == UNIX && path(name).equals(unix.getPath().toString());
            case InetSocketAddress internet -> name[0] != UNIX && (Byte.toUnsignedInt(name[2]) << 8 | Byte.toUnsignedInt(name[3]))
                    == internet.getPort() && holds(name, internet.getAddress());
            default -> false; // the JDK has no other
        };
    }

    private static String path(byte[] name) {
        return new String(name, 2, name.length - 2, StandardCharsets.UTF_8).replaceAll("\0.*", "");
    }

    /// An address of IPv4 may stand in one of IPv6, whose last bytes are the same. Any address is all zeroes in both.
    private static boolean holds(byte[] name, InetAddress address) {
        int from = name[0] == 2 ? 4 : 8; // after the port; IPv6 has a flow label between
        byte[] wanted = address.getAddress();
        int end = from + (name[0] == 2 ? 4 : 16);
        int at = Math.max(from, end - wanted.length);
        for (int i = 0; at + i < end; i++) {
            if (name[at + i] != wanted[wanted.length - (end - at) + i]) {
                return false;
            }
        }
        return true;
    }
}
