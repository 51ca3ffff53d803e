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
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Patience;

/// Unix datagram sockets on which programs tell how they are (sd_notify(3)), each message with its sender as the kernel knows it
/// (SCM_CREDENTIALS). One thread for all; a sender that floods its socket fills only that one's queue.
public final class NotifySockets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySockets.class);

    private static final int UNIX = 1;
    private static final int DATAGRAM = 2;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NON_BLOCKING = 0x800;
    private static final int SOCKET_LEVEL = 1;
    private static final int PASS_CREDENTIALS = 16;
    private static final int CREDENTIALS = 2;
    private static final int MOST_PATH = 107;
    private static final int MOST_TEXT = 4096;
    private static final int BATCH = 16;

    /// struct cmsghdr and struct ucred, and nothing more: descriptors that somebody sends along are closed by the kernel.
    private static final int CONTROL = 32;

    private final Epoll epoll = new Epoll();
    private final Map<Integer, Consumer<Message>> listeners = new HashMap<>();
    private final Thread loop;
    private boolean closed;

    /// @param pid of the sender, at the time it sent
    public record Message(long pid, String text) {}

    public NotifySockets() {
        loop = Thread.ofPlatform().daemon().name("notify-watch").start(this::run);
    }

    /// Listens at a path; what stands there of an earlier listener is replaced. Whoever can walk there may send.
    /// @param listener called on the one thread; must return at once
    /// @return stops listening
    public AutoCloseable listen(Path path, Consumer<Message> listener) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > MOST_PATH) {
            throw new IOException("cannot listen at " + path + ": its name is longer than " + MOST_PATH + " bytes");
        }
        Files.deleteIfExists(path);
        int socket = checked(path, Libc.SOCKET.call(UNIX, DATAGRAM | CLOSE_ON_EXEC | NON_BLOCKING, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2L + MOST_PATH + 1, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            checked(path, Libc.SET_SOCKET_OPTION.call(
                    socket, SOCKET_LEVEL, PASS_CREDENTIALS, arena.allocateFrom(ValueLayout.JAVA_INT, 1).address(), Integer.BYTES));
            checked(path, Libc.BIND.call(socket, address.address(), 2L + name.length));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-")); // the kernel says who sent
            synchronized (this) {
                listeners.put(socket, listener);
                epoll.add(socket);
            }
        } catch (IOException | OsException e) {
            stop(socket);
            throw e;
        }
        return () -> stop(socket);
    }

    private static int checked(Path path, Libc.Answer answer) throws IOException {
        if (answer.failed()) {
            throw new IOException("cannot listen at " + path + ": error " + answer.errno());
        }
        return answer.value();
    }

    private synchronized void stop(int socket) {
        listeners.remove(socket);
        Libc.CLOSE.call(socket); // which also takes it out of the epoll set
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            var buffers = new Buffers(arena);
            while (!isClosed()) {
                int[] ready = epoll.await(-1);
                for (int socket : ready) {
                    receive(socket, buffers);
                }
                if (ready.length > 0) { // a flood is taken at a bounded rate: its sender waits
                    Patience.within(Duration.ofMillis(1), () -> false);
                }
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// A few messages of one socket.
    private void receive(int socket, Buffers buffers) {
        for (int i = 0; i < BATCH; i++) {
            Consumer<Message> listener;
            Libc.Answer received;
            synchronized (this) {
                listener = listeners.get(socket);
                if (listener == null) {
                    return; // stopped meanwhile
                }
                received = Libc.RECEIVE.call(socket, buffers.reset(), 0);
            }
            if (received.failed()) {
                return; // nothing more
            }
            try {
                listener.accept(new Message(buffers.sender(), buffers.text(received.value())));
            } catch (RuntimeException e) { // the next message is heard all the same
                LOG.error("cannot handle a notification", e);
            }
        }
    }

    /// struct msghdr, on 64-bit machines: name, its length, vector, its length, control, its length, flags.
    private record Buffers(MemorySegment header, MemorySegment text, MemorySegment vector, MemorySegment control) {
        Buffers(Arena arena) {
            this(arena.allocate(56, 8), arena.allocate(MOST_TEXT), arena.allocate(16, 8), arena.allocate(CONTROL, 8));
        }

        long reset() {
            header.fill((byte) 0);
            control.fill((byte) 0);
            vector.set(ValueLayout.JAVA_LONG, 0, text.address());
            vector.set(ValueLayout.JAVA_LONG, 8, MOST_TEXT);
            header.set(ValueLayout.JAVA_LONG, 16, vector.address());
            header.set(ValueLayout.JAVA_LONG, 24, 1);
            header.set(ValueLayout.JAVA_LONG, 32, control.address());
            header.set(ValueLayout.JAVA_LONG, 40, CONTROL);
            return header.address();
        }

        /// 0, which is nobody, where the kernel did not say.
        long sender() {
            boolean credentials = control.get(ValueLayout.JAVA_INT, 8) == SOCKET_LEVEL
                    && control.get(ValueLayout.JAVA_INT, 12) == CREDENTIALS;
            return credentials ? control.get(ValueLayout.JAVA_INT, 16) : 0;
        }

        String text(int length) {
            return new String(text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            epoll.wake();
        }
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            listeners.keySet().forEach(Libc.CLOSE::call);
            listeners.clear();
            epoll.close();
        }
    }
}
