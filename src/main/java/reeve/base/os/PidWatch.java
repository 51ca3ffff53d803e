package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when processes are gone, whoever's children they are: one thread, one epoll set of pidfds.
///
/// Where a pidfd cannot be had (kernel before 5.3, a sandbox that forbids it, no descriptor left) that process is looked up
/// in `/proc` four times a second instead.
public final class PidWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PidWatch.class);

    private static final int CLOSE_ON_EXEC = 0x80000; // O_CLOEXEC, EFD_CLOEXEC and EPOLL_CLOEXEC are one number
    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int READABLE = 1;
    private static final int BATCH = 64;
    private static final int LOOK_UP_MILLIS = 250;

    /// `struct epoll_event` is packed on x86-64 only.
    private static final int EVENT_SIZE = "amd64".equals(System.getProperty("os.arch")) ? 12 : 16;

    private static final int DATA_OFFSET = EVENT_SIZE - 8;

    private final int epoll = opened("epoll_create1", Libc.EPOLL_CREATE.call(CLOSE_ON_EXEC));
    private final int wakeUp = opened("eventfd", Libc.EVENT_FD.call(0, CLOSE_ON_EXEC));
    private final Map<Integer, Runnable> watched = new HashMap<>();
    private final List<LookedUp> lookedUp = new ArrayList<>();
    private final boolean usePidfds;
    private final Thread loop;
    private boolean closed;

    private record LookedUp(long pid, long startTicks, Runnable gone) {}

    public PidWatch() {
        this(true);
    }

    PidWatch(boolean usePidfds) {
        this.usePidfds = usePidfds;
        control(ADD, wakeUp);
        loop = Thread.ofPlatform().daemon().name("process-watch").start(this::run);
    }

    /// @param gone called exactly once, when the process is gone or a zombie: on the watch's thread, or on the caller's before
    ///             this returns; must return at once. Not called after [#close].
    public void watch(long pid, long startTicks, Runnable gone) {
        Libc.Answer opened = usePidfds ? Libc.pidfdOpen(pid) : new Libc.Answer(-1, 0);
        if (opened.failed() && opened.errno() != Libc.ESRCH) {
            lookUp(new LookedUp(pid, startTicks, gone));
        } else if (opened.failed()) {
            gone.run();
        } else if (!Processes.alive(pid, startTicks)) { // checked with the pidfd open: from now on the pid cannot change hands
            Libc.CLOSE.call(opened.value());
            gone.run();
        } else {
            add(opened.value(), gone);
        }
    }

    private synchronized void add(int pidfd, Runnable gone) {
        if (closed) {
            Libc.CLOSE.call(pidfd);
            return;
        }
        watched.put(pidfd, gone);
        control(ADD, pidfd);
    }

    private synchronized void lookUp(LookedUp process) {
        lookedUp.add(process);
        wake();
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) BATCH * EVENT_SIZE, 8);
            while (!isClosed()) {
                Libc.Answer ready = Libc.EPOLL_WAIT.call(epoll, events.address(), BATCH, timeoutMillis());
                if (ready.failed() && ready.errno() != Libc.EINTR) {
                    throw new OsException("cannot wait for processes: error " + ready.errno());
                }
                for (int i = 0; i < ready.value(); i++) {
                    tell(take(events.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE + DATA_OFFSET)));
                }
                takeLookedUp().forEach(PidWatch::tell);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized int timeoutMillis() {
        return lookedUp.isEmpty() ? -1 : LOOK_UP_MILLIS;
    }

    private synchronized @Nullable Runnable take(int descriptor) {
        Runnable gone = watched.remove(descriptor);
        if (gone != null) {
            control(REMOVE, descriptor);
            Libc.CLOSE.call(descriptor);
        } else if (descriptor == wakeUp && !closed) {
            drain();
        }
        return gone;
    }

    private synchronized List<Runnable> takeLookedUp() {
        List<LookedUp> ended = lookedUp.stream().filter(process -> !Processes.alive(process.pid, process.startTicks)).toList();
        lookedUp.removeAll(ended);
        return ended.stream().map(LookedUp::gone).toList();
    }

    private static void tell(@Nullable Runnable gone) {
        if (gone == null) {
            return;
        }
        try {
            gone.run();
        } catch (RuntimeException e) {
            LOG.error("cannot report the end of a process", e);
        }
    }

    private void control(int operation, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, READABLE);
            event.set(ValueLayout.JAVA_INT_UNALIGNED, DATA_OFFSET, descriptor);
            Libc.Answer done = Libc.EPOLL_CONTROL.call(epoll, operation, descriptor, event.address());
            if (done.failed()) {
                throw new OsException("cannot watch a process: error " + done.errno());
            }
        }
    }

    private void wake() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
            Libc.WRITE.call(wakeUp, one.address(), Long.BYTES);
        }
    }

    private void drain() {
        try (Arena arena = Arena.ofConfined()) {
            Libc.READ.call(wakeUp, arena.allocate(ValueLayout.JAVA_LONG).address(), Long.BYTES);
        }
    }

    private static int opened(String what, Libc.Answer answer) {
        if (answer.failed()) {
            throw new OsException("cannot open " + what + ": error " + answer.errno());
        }
        return answer.value();
    }

    /// Stops watching; the processes live on.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            wake();
        }
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            watched.keySet().forEach(Libc.CLOSE::call);
            watched.clear();
            Libc.CLOSE.call(wakeUp);
            Libc.CLOSE.call(epoll);
        }
    }
}
