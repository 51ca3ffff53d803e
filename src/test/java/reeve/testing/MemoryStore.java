package reeve.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.store.Limits;
import reeve.store.Store;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// A store that lasts as long as the object. It keeps every change, unless told to forget, and can be told to fail.
public final class MemoryStore implements Store {
    private final Time time;
    private final TreeMap<Key, Entry> entries = new TreeMap<>();
    private final TreeMap<Long, List<Change>> changes = new TreeMap<>();
    private final Map<Lease, Held> leases = new HashMap<>();
    private final Set<MemoryWatch> watches = new HashSet<>();
    private long revision;
    private long lastLease;
    private boolean closed;
    private @Nullable Kind failing;

    private record Held(Duration timeToLive, Elapsed deadline) {}

    private record Key(String text, byte[] bytes) implements Comparable<Key> {
        Key(String text) {
            this(text, Limits.prefix(text));
        }

        @Override
        public int compareTo(Key other) {
            return Arrays.compareUnsigned(bytes, other.bytes);
        }
    }

    public MemoryStore(Time time) {
        this.time = time;
    }

    /// From now on every write fails with this kind, nothing written, until [#repair].
    public synchronized void failWrites(Kind kind) {
        failing = kind;
    }

    public synchronized void repair() {
        failing = null;
    }

    /// Forgets changes before this revision.
    public synchronized void compact(long before) {
        changes.headMap(before).clear();
    }

    @Override
    public synchronized Optional<Entry> get(String key) {
        checkOpen();
        Limits.key(key);
        return Optional.ofNullable(entries.get(new Key(key))).map(MemoryStore::copy);
    }

    @Override
    public synchronized Listing list(String prefix) {
        checkOpen();
        Limits.prefix(prefix);
        return new Listing(entries.values().stream().filter(e -> e.key().startsWith(prefix)).map(MemoryStore::copy).toList(), revision);
    }

    @Override
    public synchronized Outcome txn(List<Compare> compares, List<Write> writes) {
        Limits.check(compares, writes);
        checkWritable();
        if (!compares.stream().allMatch(this::holds)) {
            return new Outcome.Refused();
        }
        for (Write write : writes) {
            if (write instanceof Write.Put(_, _, Lease lease) && !lease.equals(Lease.NONE) && !leases.containsKey(lease)) {
                throw new StoreException(Kind.NOT_FOUND, "cannot put " + write.key() + ": lease " + lease.id() + " has ended");
            }
        }
        commit(writes);
        return new Outcome.Committed(revision);
    }

    private boolean holds(Compare compare) {
        return switch (compare) {
            case Compare.Modified(String key, long modified) -> {
                Entry entry = entries.get(new Key(key));
                yield (entry == null ? 0 : entry.modified()) == modified;
            }
            case Compare.Value(String key, byte[] value) -> {
                Entry entry = entries.get(new Key(key));
                yield entry != null && Arrays.equals(entry.value(), value);
            }
        };
    }

    private void commit(List<Write> writes) {
        List<Change> made = new ArrayList<>();
        long next = revision + 1;
        for (Write write : writes) {
            Key key = new Key(write.key());
            Entry before = entries.get(key);
            switch (write) {
                case Write.Put(String text, byte[] value, Lease lease) -> {
                    Entry entry = new Entry(text, value.clone(), before == null ? next : before.created(), next, lease);
                    entries.put(key, entry);
                    made.add(new Change.Stored(entry));
                }
                case Write.Delete(String text) -> {
                    if (entries.remove(key) != null) {
                        made.add(new Change.Deleted(text, next));
                    }
                }
            }
        }
        if (!made.isEmpty()) {
            revision = next;
            changes.put(revision, made);
            notifyAll();
        }
    }

    @Override
    public synchronized Watch watch(String prefix, long fromRevision, Consumer<List<Change>> listener) {
        checkOpen();
        Limits.checkFrom(fromRevision);
        var watch = new MemoryWatch(prefix, listener);
        watches.add(watch);
        Thread.ofVirtual().name("memory-watch").start(() -> watch.run(fromRevision));
        return watch;
    }

    @Override
    public synchronized Lease grant(Duration asked) {
        Duration timeToLive = Limits.timeToLive(asked);
        checkWritable();
        var lease = new Lease(++lastLease);
        leases.put(lease, new Held(timeToLive, time.elapsed().plus(timeToLive)));
        time.after(timeToLive, () -> look(lease));
        return lease;
    }

    private synchronized void look(Lease lease) {
        Held held = leases.get(lease);
        if (held == null || closed) {
            return;
        }
        Duration left = held.deadline.since(time.elapsed());
        if (left.isPositive()) {
            time.after(left, () -> look(lease));
        } else {
            end(lease);
        }
    }

    @Override
    public synchronized void keepAlive(Lease lease) {
        checkOpen();
        Held held = leases.get(lease);
        if (held == null || time.elapsed().reached(held.deadline)) {
            throw new StoreException(Kind.NOT_FOUND, "cannot keep lease " + lease.id() + " alive: it has ended");
        }
        leases.put(lease, new Held(held.timeToLive, time.elapsed().plus(held.timeToLive)));
    }

    @Override
    public synchronized void revoke(Lease lease) {
        checkWritable();
        end(lease);
    }

    private void end(Lease lease) {
        if (leases.remove(lease) != null) {
            commit(entries.values().stream().filter(e -> e.lease().equals(lease)).<Write>map(e -> new Write.Delete(e.key())).toList());
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot use the store: it is closed");
        }
    }

    private void checkWritable() {
        checkOpen();
        if (failing != null) {
            throw new StoreException(failing, "cannot write the store: a test says so");
        }
    }

    private static Entry copy(Entry entry) {
        return new Entry(entry.key(), entry.value().clone(), entry.created(), entry.modified(), entry.lease());
    }

    @Override
    public void close() {
        List<MemoryWatch> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(watches);
            notifyAll();
        }
        open.forEach(MemoryWatch::close);
    }

    private final class MemoryWatch implements Watch {
        private final String prefix;
        private final Consumer<List<Change>> listener;
        private final ReentrantLock call = new ReentrantLock();
        private volatile boolean ended;

        MemoryWatch(String prefix, Consumer<List<Change>> listener) {
            this.prefix = prefix;
            this.listener = listener;
        }

        void run(long from) {
            long next = from;
            while (!ended) {
                List<Change> batch = next(next);
                if (batch.isEmpty()) {
                    continue;
                }
                call(batch);
                switch (batch.getFirst()) {
                    case Change.Compacted _ -> ended = true;
                    case Change.Stored(Entry entry) -> next = entry.modified() + 1;
                    case Change.Deleted(_, long deleted) -> next = deleted + 1;
                }
            }
            synchronized (MemoryStore.this) {
                watches.remove(this);
            }
        }

        /// The next revision that has changes under the prefix; empty when it is time to look whether the watch has ended.
        private List<Change> next(long from) {
            synchronized (MemoryStore.this) {
                if (revision >= from && !changes.containsKey(from)) {
                    return List.of(new Change.Compacted(changes.isEmpty() ? revision + 1 : changes.firstKey()));
                }
                for (List<Change> revision : changes.tailMap(from).values()) {
                    List<Change> ours = revision.stream().filter(this::covers).map(this::copied).toList();
                    if (!ours.isEmpty()) {
                        return ours;
                    }
                }
                try {
                    if (!ended && !closed) {
                        MemoryStore.this.wait();
                    }
                } catch (InterruptedException e) {
                    ended = true; // nobody interrupts this thread but a dying JVM
                }
                return List.of();
            }
        }

        private boolean covers(Change change) {
            return switch (change) {
                case Change.Stored(Entry entry) -> entry.key().startsWith(prefix);
                case Change.Deleted(String key, long _) -> key.startsWith(prefix);
                case Change.Compacted _ -> true;
            };
        }

        private Change copied(Change change) {
            return change instanceof Change.Stored(Entry entry) ? new Change.Stored(copy(entry)) : change;
        }

        private void call(List<Change> batch) {
            call.lock();
            try {
                if (!ended) {
                    listener.accept(batch);
                }
            } catch (RuntimeException | Error e) {
                e.printStackTrace(); // a real store logs it and goes on
            } finally {
                call.unlock();
            }
        }

        @Override
        public void close() {
            call.lock();
            ended = true;
            call.unlock();
            synchronized (MemoryStore.this) {
                MemoryStore.this.notifyAll();
            }
        }
    }
}
