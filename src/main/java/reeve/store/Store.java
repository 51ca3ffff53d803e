package reeve.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Versioned keys and values. Keys are absolute, such as `/reeve/v1/apps/wiki/desired`, and sort by their UTF-8 bytes.
/// A prefix is compared byte by byte too: `/a` covers `/ab`; who means a folder says `/a/`. [Limits] says what may be asked.
///
/// Revisions count the writing transactions of the whole store, by one or more, from 1, and never go back, also not across a
/// restart. Values are copied on the way in and out: the caller may change its arrays.
///
/// Durability: when a writing call returns, what it wrote survives kill -9 of any process and loss of power.
/// Failure: every method throws [StoreException] when the store cannot answer. After a write that threw with kind
/// `UNKNOWN_OUTCOME` the caller must read before it assumes anything. Any thread.
public interface Store extends AutoCloseable {

    /// @return the entry, or empty where the key does not exist
    Optional<Entry> get(String key);

    /// All keys that start with the prefix, in order, as of one revision.
    Listing list(String prefix);

    /// Compares, and when every comparison holds carries out all writes in order as one revision; otherwise carries out nothing.
    /// To delete a key that does not exist is no change and makes no revision. A put replaces the key's lease too.
    /// @throws StoreException of kind `NOT_FOUND`, nothing written, when a lease named by a put has ended
    Outcome txn(List<Compare> compares, List<Write> writes);

    /// Calls the listener with every change of keys under the prefix whose revision is at least `fromRevision`, in order,
    /// without gap or repetition, each revision whole, on a thread of the store's own, until it is closed.
    ///
    /// Each watch reads the kept changes at its own pace: a slow listener delays no writer and no other watch. When changes it
    /// has yet to see are no longer kept, because it began too early or is too slow, it is called once more, with one
    /// [Change.Compacted], and never again: close it, list, and watch from there. What a listener throws is logged.
    /// @param fromRevision 1 or later; `listing.revision() + 1` misses nothing
    Watch watch(String prefix, long fromRevision, Consumer<List<Change>> listener);

    /// A lease that ends, and deletes all its keys as one revision, unless it is kept alive. Where time stood still for the store
    /// (a restart) it begins anew: a lease may outlive its time, never end before it.
    /// @param timeToLive rounded up to whole seconds
    Lease grant(Duration timeToLive);

    /// @throws StoreException of kind `NOT_FOUND` when the lease has ended
    void keepAlive(Lease lease);

    /// Ends a lease at once and deletes its keys as one revision; does nothing when it has ended already.
    void revoke(Lease lease);

    /// Writes one key unconditionally.
    default void put(String key, byte[] value) {
        txn(List.of(), List.of(new Write.Put(key, value, Lease.NONE)));
    }

    /// Deletes one key; does nothing where it does not exist.
    default void delete(String key) {
        txn(List.of(), List.of(new Write.Delete(key)));
    }

    /// Ends all watches and lets go of what the store holds; calls after it throw `UNAVAILABLE`. Leases go on.
    @Override
    void close();

    /// One key as of one revision.
    /// @param created  revision at which the key came into being
    /// @param modified revision of its last change, what comparisons look at
    record Entry(String key, byte[] value, long created, long modified, Lease lease) {}

    /// @param revision of the store at the moment of the listing; watch from `revision + 1` to miss nothing
    record Listing(List<Entry> entries, long revision) {
        public Listing {
            entries = List.copyOf(entries);
        }
    }

    /// A condition of a transaction.
    sealed interface Compare {
        /// The key's last change has exactly this revision; 0: the key does not exist.
        record Modified(String key, long revision) implements Compare {}

        /// The key exists and holds exactly these bytes.
        record Value(String key, byte[] value) implements Compare {}
    }

    /// A write of a transaction.
    sealed interface Write {
        String key();

        record Put(String key, byte[] value, Lease lease) implements Write {}

        record Delete(String key) implements Write {}
    }

    /// What became of a transaction.
    sealed interface Outcome {
        /// @param revision of the store after it; unchanged when nothing was written
        record Committed(long revision) implements Outcome {}

        /// A comparison did not hold.
        record Refused() implements Outcome {}
    }

    /// What happened to a key.
    sealed interface Change {
        record Stored(Entry entry) implements Change {}

        record Deleted(String key, long revision) implements Change {}

        /// Changes before this revision are no longer kept.
        record Compacted(long revision) implements Change {}
    }

    /// @param id 0: no lease
    record Lease(long id) {
        public static final Lease NONE = new Lease(0);
    }

    /// Ends the watch. Once it returns the listener is not called again: it waits for a call in progress, unless that call makes it.
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
