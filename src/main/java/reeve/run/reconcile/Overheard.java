package reeve.run.reconcile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reeve.base.Session;
import reeve.base.Time;

/// A command that nobody talks to: it reads nothing, a bounded part of what it writes is kept, and it is ended when it takes too
/// long. One thread, which waits.
final class Overheard implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Session session;
    private final int most;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    /// @param most bytes of its output that are kept, the first ones
    Overheard(Session session, int most) {
        this.session = session;
        this.most = most;
    }

    /// Waits for its end.
    /// @return its exit code; empty where it took longer and was ended
    Optional<Integer> within(Duration timeout, Time time) {
        var late = new AtomicBoolean();
        Runnable cancel = time.after(timeout, () -> {
            late.set(true);
            Thread.ofVirtual().name("end of a hook").start(session::close);
        });
        try {
            closeInput();
            List<Thread> listeners = List.of(listen(session.out()), listen(session.err()));
            int code = session.await();
            for (Thread listener : listeners) {
                listener.join(LAST_WORDS); // something it left behind may hold its output open
            }
            return late.get() ? Optional.empty() : Optional.of(code);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            cancel.run();
        }
    }

    private void closeInput() {
        try {
            session.in().close();
        } catch (IOException e) {
            // it has ended already
        }
    }

    private Thread listen(InputStream from) {
        return Thread.ofVirtual().name("output of a hook").start(() -> {
            byte[] block = new byte[BLOCK];
            try {
                for (int count = from.read(block); count >= 0; count = from.read(block)) {
                    keep(block, count); // the rest is read too: a program whose output nobody takes would stand still
                }
            } catch (IOException e) {
                // it was ended while it wrote
            }
        });
    }

    private synchronized void keep(byte[] bytes, int count) {
        kept.write(bytes, 0, Math.min(count, most - kept.size()));
    }

    /// What it wrote, both streams as they came.
    synchronized String output() {
        return kept.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        session.close();
    }
}
