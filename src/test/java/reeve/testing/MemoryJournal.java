package reeve.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import reeve.base.Time;
import reeve.base.journal.Journal;

/// A journal that lasts as long as the object and forgets nothing.
public final class MemoryJournal implements Journal {
    private static final int BEHIND = 1024;

    private final Time time;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<Following> followers = ConcurrentHashMap.newKeySet();

    public MemoryJournal(Time time) {
        this.time = time;
    }

    /// Every entry as `subject what: why`, oldest first.
    public synchronized List<String> lines() {
        return entries.stream().map(e -> e.subject() + " " + e.what() + ": " + e.why()).toList();
    }

    @Override
    public synchronized Entry append(String subject, String what, String why, Map<String, String> facts) {
        var entry = new Entry(entries.size() + 1, time.wall(), subject, what, why, Collections.unmodifiableMap(new LinkedHashMap<>(facts)));
        entries.add(entry);
        followers.forEach(follower -> follower.queue.offer(Optional.of(entry)));
        return entry;
    }

    @Override
    public synchronized List<Entry> read(Predicate<Entry> filter, int limit) {
        List<Entry> matching = entries.stream().filter(filter).toList();
        return matching.subList(Math.max(0, matching.size() - limit), matching.size());
    }

    @Override
    public AutoCloseable follow(Consumer<Entry> listener) {
        var follower = new Following(listener);
        followers.add(follower);
        Thread.ofVirtual().name("memory-journal").start(follower);
        return () -> {
            followers.remove(follower);
            follower.close();
        };
    }

    @Override
    public void close() {
        followers.forEach(Following::close);
    }

    private static final class Following implements Runnable {
        final BlockingQueue<Optional<Entry>> queue = new LinkedBlockingQueue<>(BEHIND);
        private final Consumer<Entry> listener;
        private final ReentrantLock call = new ReentrantLock();
        private volatile boolean closed;

        Following(Consumer<Entry> listener) {
            this.listener = listener;
        }

        @Override
        public void run() {
            try {
                while (!closed) {
                    queue.take().ifPresent(this::call);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void call(Entry entry) {
            call.lock();
            try {
                if (!closed) {
                    listener.accept(entry);
                }
            } finally {
                call.unlock();
            }
        }

        void close() {
            call.lock();
            closed = true;
            call.unlock();
            queue.offer(Optional.empty());
        }
    }
}
