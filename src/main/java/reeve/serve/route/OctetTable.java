package reeve.serve.route;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hash table from byte strings, looked up by a range of somebody else's array and a hash that the caller computes while
/// it walks that range anyway. Changed only by the [OctetMap.Editor] that made it, then read by any thread.
final class OctetTable<V> {
    private final boolean foldsCase;
    private byte[][] keys = new byte[2][];
    private Object[] values = new Object[2];
    private int[] hashes = new int[2];
    private int size;

    /// @param foldsCase whether upper case in a looked up text counts as lower case; keys, and what is hashed, are lower case then
    OctetTable(boolean foldsCase) {
        this.foldsCase = foldsCase;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    int size() {
        return size;
    }

    OctetTable<V> copy() {
        var copy = new OctetTable<V>(foldsCase);
        copy.keys = keys.clone();
        copy.values = values.clone();
        copy.hashes = hashes.clone();
        copy.size = size;
        return copy;
    }

    void put(byte[] key, int hash, V value) {
        if ((size + 1) * 3 > keys.length * 2) {
            refill(keys.length * 2, null);
        }
        int slot = slot(key, 0, key.length, hash);
        if (values[slot] == null) {
            size++;
        }
        keys[slot] = key;
        hashes[slot] = hash;
        values[slot] = value;
    }

    void remove(byte[] key, int hash) {
        int slot = slot(key, 0, key.length, hash);
        if (values[slot] != null) {
            refill(keys.length, keys[slot]);
        }
    }

    @SuppressWarnings("unchecked")
    @Nullable V get(byte[] bytes, int from, int to, int hash) {
        return (V) values[slot(bytes, from, to, hash)];
    }

    /// The slot that holds the text, or the free one where it belongs: there is always one.
    private int slot(byte[] bytes, int from, int to, int hash) {
        int mask = keys.length - 1;
        int slot = hash & mask;
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

    private void refill(int capacity, byte @Nullable [] without) {
        byte[][] oldKeys = keys;
        Object[] oldValues = values;
        int[] oldHashes = hashes;
        keys = new byte[capacity][];
        values = new Object[capacity];
        hashes = new int[capacity];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null && oldKeys[i] != without) {
                int slot = slot(oldKeys[i], 0, oldKeys[i].length, oldHashes[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
                hashes[slot] = oldHashes[i];
                size++;
            }
        }
    }

    @SuppressWarnings("unchecked")
    void forEach(Consumer<V> consumer) {
        for (Object value : values) {
            if (value != null) {
                consumer.accept((V) value);
            }
        }
    }

    /// Puts all into the tables of a larger map.
    @SuppressWarnings("unchecked")
    void spread(OctetTable<V>[] tables) {
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != null) {
                tables[OctetMap.table(hashes[i], tables.length)].put(keys[i], hashes[i], (V) values[i]);
            }
        }
    }
}
