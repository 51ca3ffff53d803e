package reeve.base;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes what was registered, in reverse order, each once, going on past failures.
public final class Closer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    public synchronized <C extends AutoCloseable> C register(C closeable) {
        open.push(closeable);
        return closeable;
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception e) {
                LOG.error("cannot close {}", next.getClass().getSimpleName(), e);
            }
        }
    }
}
