package reeve.base.os;

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

    private static final int LOOK_UP_MILLIS = 250;

    private final Epoll epoll = new Epoll();
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
        epoll.add(pidfd);
    }

    private synchronized void lookUp(LookedUp process) {
        lookedUp.add(process);
        epoll.wake();
    }

    private void run() {
        while (!isClosed()) {
            for (int pidfd : epoll.await(timeoutMillis())) {
                tell(take(pidfd));
            }
            takeLookedUp().forEach(PidWatch::tell);
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
            epoll.remove(descriptor);
            Libc.CLOSE.call(descriptor);
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

    /// Stops watching; the processes live on.
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
            watched.keySet().forEach(Libc.CLOSE::call);
            watched.clear();
            epoll.close();
        }
    }
}
