package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/// Descriptors that one thread waits for until they can be read, epoll(7). Others may add, remove and wake meanwhile; whoever closes
/// it has seen the end of that thread.
final class Epoll implements AutoCloseable {
    private static final int CLOSE_ON_EXEC = 0x80000; // EFD_CLOEXEC and EPOLL_CLOEXEC are one number
    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int READABLE = 1;
    private static final int BATCH = 64;

    /// `struct epoll_event` is packed on x86-64 only.
    private static final int EVENT_SIZE = "amd64".equals(System.getProperty("os.arch")) ? 12 : 16;

    private static final int DATA_OFFSET = EVENT_SIZE - 8;

    private final int epoll = opened("epoll_create1", Libc.EPOLL_CREATE.call(CLOSE_ON_EXEC));
    private final int wakeUp = opened("eventfd", Libc.EVENT_FD.call(0, CLOSE_ON_EXEC));
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate((long) BATCH * EVENT_SIZE, 8);

    Epoll() {
        add(wakeUp);
    }

    private static int opened(String what, Libc.Answer answer) {
        if (answer.failed()) {
            throw new OsException("cannot open " + what + ": error " + answer.errno());
        }
        return answer.value();
    }

    void add(int descriptor) {
        control(ADD, descriptor);
    }

    void remove(int descriptor) {
        control(REMOVE, descriptor);
    }

    private void control(int operation, int descriptor) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment event = own.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, READABLE);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, DATA_OFFSET, descriptor);
            Libc.Answer done = Libc.EPOLL_CONTROL.call(epoll, operation, descriptor, event.address());
            if (done.failed()) {
                throw new OsException("cannot watch a descriptor: error " + done.errno());
            }
        }
    }

    /// Waits for as long as nothing can be read and nobody wakes it.
    /// @param atMost milliseconds; -1 for ever
    /// @return some that can be read
    int[] await(int atMost) {
        Libc.Answer ready = Libc.EPOLL_WAIT.call(epoll, events.address(), BATCH, atMost);
        if (ready.failed() && ready.errno() != Libc.EINTR) {
            throw new OsException("cannot wait for descriptors: error " + ready.errno());
        }
        return IntStream.range(0, Math.max(0, ready.value()))
                .map(i -> events.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE + DATA_OFFSET))
                .filter(descriptor -> descriptor != wakeUp || !drained())
                .toArray();
    }

    private boolean drained() {
        try (Arena own = Arena.ofConfined()) {
            Libc.READ.call(wakeUp, own.allocate(ValueLayout.JAVA_LONG).address(), Long.BYTES);
            return true;
        }
    }

    /// The wait that goes on, or else the next one, ends at once.
    void wake() {
        try (Arena own = Arena.ofConfined()) {
            Libc.WRITE.call(wakeUp, own.allocateFrom(ValueLayout.JAVA_LONG, 1L).address(), Long.BYTES);
        }
    }

    @Override
    public void close() {
        Libc.CLOSE.call(wakeUp);
        Libc.CLOSE.call(epoll);
        arena.close();
    }
}
