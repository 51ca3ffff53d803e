package reeve.base;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs effects in order per key and side by side across keys, each lane on a virtual thread that lives while it has work.
/// One slow effect delays only its own lane.
public final class Lanes<K> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    private final String name;
    private final int capacity;
    private final Map<K, ArrayDeque<Runnable>> lanes = new HashMap<>();
    private boolean closed;

    /// @param capacity effects that may wait in one lane; one more is a programming error and throws
    public Lanes(String name, int capacity) {
        this.name = name;
        this.capacity = capacity;
    }

    /// @throws IllegalStateException when the lane is full; after [#close] the effect is dropped without a word
    public synchronized void submit(K key, Runnable effect) {
        if (closed) {
            return;
        }
        ArrayDeque<Runnable> lane = lanes.get(key);
        if (lane != null) {
            if (lane.size() >= capacity) {
                throw new IllegalStateException("cannot queue an effect: lane " + key + " of " + name + " is full");
            }
            lane.add(effect);
            return;
        }
        lane = new ArrayDeque<>();
        lane.add(effect);
        lanes.put(key, lane);
        Thread.ofVirtual().name(name + " " + key).start(() -> drain(key));
    }

    private void drain(K key) {
        for (Runnable effect = next(key); effect != null; effect = next(key)) {
            try {
                effect.run();
            } catch (RuntimeException | Error e) {
                LOG.error("cannot carry out an effect: lane={} key={}", name, key, e);
            }
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private synchronized @Nullable Runnable next(K key) {
        ArrayDeque<Runnable> lane = lanes.get(key);
        Runnable effect = lane == null ? null : lane.poll();
        if (effect == null) {
            lanes.remove(key);
        }
        return effect;
    }

    /// Drops what waits, lets what runs finish, and returns when all lanes are empty.
    @Override
    public synchronized void close() {
        closed = true;
        lanes.values().forEach(ArrayDeque::clear);
        while (!lanes.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
