package reeve.base.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A connection between two processes of this machine that carries short messages and, with them, open files (unix(7),
/// `SCM_RIGHTS`). Whoever gets a file has one of its own; the sender's stays. Blocking; one thread at a time.
public final class Courier implements AutoCloseable {
    private static final int UNIX = 1;
    private static final int PACKETS = 5; // SOCK_SEQPACKET: messages stay whole
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NO_SIGNAL = 0x4000;
    private static final int CLOSE_ON_EXEC_RECEIVED = 0x40000000;
    private static final int SOCKET_LEVEL = 1;
    private static final int PEER_CREDENTIALS = 17;
    private static final int RIGHTS = 1;
    private static final int HEADER = 16; // struct cmsghdr on 64-bit machines
    private static final int MOST_PATH = 107;
    private static final int MOST_TEXT = 4096;
    private static final int MOST_FILES = 32;
    private static final short READABLE = 1;

    private final int socket;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Courier(int socket) {
        this.socket = socket;
    }

    /// @param files descriptors that are the receiver's now, in the order in which they were sent
    public record Message(String text, List<Integer> files) {
        public Message {
            files = List.copyOf(files);
        }
    }

    /// What waiting for a message came to.
    public sealed interface Received {
        record Got(Message message) implements Received {}

        /// The other side closed the connection, or its process ended.
        record Ended() implements Received {}

        record TooLate() implements Received {}
    }

    /// Where somebody of the same user may connect.
    public static final class Door implements AutoCloseable {
        private final Path path;
        private final int socket;

        private Door(Path path, int socket) {
            this.path = path;
            this.socket = socket;
        }

        /// The next one that connects.
        /// @return empty when none has within the time
        public Optional<Courier> accept(Duration within) throws IOException {
            if (!readable(socket, within)) {
                return Optional.empty();
            }
            return Optional.of(new Courier(checked("accept a connection at " + path, Libc.ACCEPT.call(socket, 0, 0, CLOSE_ON_EXEC))));
        }

        @Override
        public void close() throws IOException {
            Libc.CLOSE.call(socket);
            Files.deleteIfExists(path);
        }
    }

    /// Waits for connections at a path, which only this user can use; what stands there of an earlier one is replaced.
    public static Door open(Path path) throws IOException {
        Files.deleteIfExists(path);
        int socket = checked("make a socket", Libc.SOCKET.call(UNIX, PACKETS | CLOSE_ON_EXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            checked("listen at " + path, Libc.BIND.call(socket, address.address(), address.byteSize()));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            checked("listen at " + path, Libc.LISTEN.call(socket, 1));
            return new Door(path, socket);
        } catch (IOException e) {
            Libc.CLOSE.call(socket);
            throw e;
        }
    }

    public static Courier connect(Path path) throws IOException {
        int socket = checked("make a socket", Libc.SOCKET.call(UNIX, PACKETS | CLOSE_ON_EXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            checked("connect to " + path, Libc.CONNECT.call(socket, address.address(), address.byteSize()));
            return new Courier(socket);
        } catch (IOException e) {
            Libc.CLOSE.call(socket);
            throw e;
        }
    }

    private static MemorySegment address(Arena arena, Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > MOST_PATH) {
            throw new IOException("cannot use the socket " + path + ": its name is longer than " + MOST_PATH + " bytes");
        }
        MemorySegment address = arena.allocate(2L + name.length + 1, 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
        return address;
    }

    /// The process at the other end, as it was when it connected: the kernel says so.
    public long peer() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(12, 4);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 12);
            checked("ask who is connected",
                    Libc.SOCKET_OPTION.call(socket, SOCKET_LEVEL, PEER_CREDENTIALS, credentials.address(), length.address()));
            return credentials.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /// @throws IOException also when the other side has gone
    public void send(Message message) throws IOException {
        byte[] text = message.text.getBytes(StandardCharsets.UTF_8);
        if (text.length > MOST_TEXT || text.length == 0 || message.files.size() > MOST_FILES) {
            throw new IOException("cannot send " + text.length + " bytes and " + message.files.size() + " files at a time");
        }
        try (Arena arena = Arena.ofConfined()) {
            var buffers = new Buffers(arena, text.length);
            MemorySegment.copy(text, 0, buffers.text, ValueLayout.JAVA_BYTE, 0, text.length);
            int size = buffers.attach(message.files);
            checked("send a message", Libc.SEND.call(socket, buffers.header(size), NO_SIGNAL));
        }
    }

    public Received receive(Duration within) throws IOException {
        if (!readable(socket, within)) {
            return new Received.TooLate();
        }
        try (Arena arena = Arena.ofConfined()) {
            var buffers = new Buffers(arena, MOST_TEXT);
            Libc.Answer received = Libc.RECEIVE.call(socket, buffers.header(Buffers.CONTROL), CLOSE_ON_EXEC_RECEIVED);
            if (received.failed() || received.value() == 0) {
                return new Received.Ended(); // a reset is an end too
            }
            String text = new String(buffers.text.asSlice(0, received.value()).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            return new Received.Got(new Message(text, buffers.attached()));
        }
    }

    private static boolean readable(int socket, Duration within) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(8, 4);
            one.set(ValueLayout.JAVA_INT, 0, socket);
            one.set(ValueLayout.JAVA_SHORT, 4, READABLE);
            Libc.Answer answer;
            do {
                answer = Libc.POLL.call(one.address(), 1, Math.min(Integer.MAX_VALUE, within.toMillis()));
            } while (answer.failedWith(Libc.EINTR));
            return checked("wait for a message", answer) > 0;
        }
    }

    private static int checked(String what, Libc.Answer answer) throws IOException {
        if (answer.failed()) {
            throw new IOException("cannot " + what + ": error " + answer.errno());
        }
        return answer.value();
    }

    /// struct msghdr, on 64-bit machines: name, its length, vector, its length, control, its length, flags.
    private record Buffers(MemorySegment header, MemorySegment vector, MemorySegment text, MemorySegment control) {
        static final int CONTROL = HEADER + MOST_FILES * Integer.BYTES;

        Buffers(Arena arena, int textLength) {
            this(arena.allocate(56, 8), arena.allocate(16, 8), arena.allocate(textLength), arena.allocate(CONTROL, 8));
        }

        long header(int controlSize) {
            vector.set(ValueLayout.JAVA_LONG, 0, text.address());
            vector.set(ValueLayout.JAVA_LONG, 8, text.byteSize());
            header.set(ValueLayout.JAVA_LONG, 16, vector.address());
            header.set(ValueLayout.JAVA_LONG, 24, 1);
            header.set(ValueLayout.JAVA_LONG, 32, controlSize == 0 ? 0 : control.address());
            header.set(ValueLayout.JAVA_LONG, 40, controlSize);
            return header.address();
        }

        /// @return bytes of control data
        int attach(List<Integer> files) {
            if (files.isEmpty()) {
                return 0;
            }
            int size = HEADER + files.size() * Integer.BYTES;
            control.set(ValueLayout.JAVA_LONG, 0, size);
            control.set(ValueLayout.JAVA_INT, 8, SOCKET_LEVEL);
            control.set(ValueLayout.JAVA_INT, 12, RIGHTS);
            for (int i = 0; i < files.size(); i++) {
                control.set(ValueLayout.JAVA_INT, HEADER + (long) i * Integer.BYTES, files.get(i));
            }
            return size;
        }

        List<Integer> attached() {
            var files = new ArrayList<Integer>();
            boolean rights = header.get(ValueLayout.JAVA_LONG, 40) >= HEADER && control.get(ValueLayout.JAVA_INT, 8) == SOCKET_LEVEL
                    && control.get(ValueLayout.JAVA_INT, 12) == RIGHTS;
            long end = rights ? control.get(ValueLayout.JAVA_LONG, 0) : 0;
            for (long at = HEADER; at + Integer.BYTES <= end; at += Integer.BYTES) {
                files.add(control.get(ValueLayout.JAVA_INT, at));
            }
            return files;
        }
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            Libc.CLOSE.call(socket);
        }
    }
}
