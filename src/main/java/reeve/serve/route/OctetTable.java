package reeve.serve.route;

import org.jspecify.annotations.Nullable;

/// A hash table from byte strings, looked up by a range of somebody else's array and a hash that the caller computes while
/// it walks that range anyway. Filled once, then read by any thread.
final class OctetTable<V> {
    static final long SEED = 0xcbf29ce484222325L;

    private final boolean foldsCase;
    private byte[][] keys = new byte[4][];
    private Object[] values = new Object[4];
    private long[] hashes = new long[4];
    private int size;

    /// @param foldsCase whether upper case in a looked up text counts as lower case; keys, and what is hashed, are lower case then
    OctetTable(boolean foldsCase) {
        this.foldsCase = foldsCase;
    }

    /// FNV-1a, one step.
    static long hash(long hash, byte next) {
        return (hash ^ next) * 0x100000001b3L;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// @param hash of the key's bytes, in the order in which lookups walk them
    void put(byte[] key, long hash, V value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        int slot = slot(key, 0, key.length, hash);
        if (values[slot] == null) {
            size++;
        }
        keys[slot] = key;
        hashes[slot] = hash;
        values[slot] = value;
    }

    @SuppressWarnings("unchecked")
    @Nullable V get(byte[] bytes, int from, int to, long hash) {
        return (V) values[slot(bytes, from, to, hash)];
    }

    /// The slot that holds the text, or the free one where it belongs: there is always one.
    private int slot(byte[] bytes, int from, int to, long hash) {
        int mask = keys.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (values[slot] != null && !(hashes[slot] == hash && isText(keys[slot], bytes, from, to))) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isText(byte[] key, byte[] bytes, int from, int to) {
        if (key.length != to - from) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            byte b = bytes[from + i];
            if (key[i] != (foldsCase ? lower(b) : b)) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private void grow() {
        byte[][] oldKeys = keys;
        Object[] oldValues = values;
        long[] oldHashes = hashes;
        keys = new byte[oldKeys.length * 2][];
        values = new Object[oldKeys.length * 2];
        hashes = new long[oldKeys.length * 2];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                put(oldKeys[i], oldHashes[i], (V) oldValues[i]);
            }
        }
    }
}
