package reeve.serve.route;

import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A map from byte strings that is never changed: an [Editor] makes the next one, which shares with it all but what is
/// touched. It is an array of small tables, so a change copies that array and one table, whatever the map's size.
final class OctetMap<V> {
    static final int SEED = 0x811c9dc5;
    private static final int PER_TABLE = 32;

    private final boolean foldsCase;
    private final OctetTable<V>[] tables;
    private final int size;

    private OctetMap(boolean foldsCase, OctetTable<V>[] tables, int size) {
        this.foldsCase = foldsCase;
        this.tables = tables;
        this.size = size;
    }

    /// @param foldsCase as in [OctetTable]
    static <V> OctetMap<V> empty(boolean foldsCase) {
        return new OctetMap<>(foldsCase, fresh(1, foldsCase), 0);
    }

    @SuppressWarnings("unchecked")
    private static <V> OctetTable<V>[] fresh(int count, boolean foldsCase) {
        OctetTable<V>[] tables = (OctetTable<V>[]) new OctetTable<?>[count];
        for (int i = 0; i < count; i++) {
            tables[i] = new OctetTable<>(foldsCase);
        }
        return tables;
    }

    /// One step of a text's hash, which begins with [#SEED] (FNV-1a).
    static int hash(int hash, byte next) {
        return (hash ^ next) * 0x01000193;
    }

    /// Which of so many tables, a power of two, holds a hash. The tables use its low bits.
    static int table(int hash, int tables) {
        return (hash * 0x9e3779b9 >>> 8) & tables - 1;
    }

    int size() {
        return size;
    }

    /// @param hash of the text, in the order in which the map's keys are hashed
    @Nullable V get(byte[] bytes, int from, int to, int hash) {
        return tables[table(hash, tables.length)].get(bytes, from, to, hash);
    }

    /// In no order.
    void forEach(Consumer<V> consumer) {
        for (OctetTable<V> table : tables) {
            table.forEach(consumer);
        }
    }

    Editor<V> edit() {
        return new Editor<>(this);
    }

    /// Makes the next map. One thread.
    static final class Editor<V> {
        private final boolean foldsCase;
        private OctetTable<V>[] tables;
        private int size;
        private boolean copied;
        private final BitSet ours = new BitSet();

        private Editor(OctetMap<V> map) {
            this.foldsCase = map.foldsCase;
            this.tables = map.tables;
            this.size = map.size;
        }

        @Nullable V get(byte[] key, int hash) {
            return tables[table(hash, tables.length)].get(key, 0, key.length, hash);
        }

        void put(byte[] key, int hash, V value) {
            if (size >= tables.length * 2 * PER_TABLE) {
                grow();
            }
            OctetTable<V> table = own(hash);
            size -= table.size();
            table.put(key, hash, value);
            size += table.size();
        }

        void remove(byte[] key, int hash) {
            OctetTable<V> table = own(hash);
            size -= table.size();
            table.remove(key, hash);
            size += table.size();
        }

        private OctetTable<V> own(int hash) {
            if (!copied) {
                tables = tables.clone();
                copied = true;
            }
            int index = table(hash, tables.length);
            if (!ours.get(index)) {
                tables[index] = tables[index].copy();
                ours.set(index);
            }
            return tables[index];
        }

        private void grow() {
            OctetTable<V>[] more = fresh(tables.length * 4, foldsCase);
            for (OctetTable<V> table : tables) {
                table.spread(more);
            }
            tables = more;
            copied = true;
            ours.set(0, more.length);
        }

        /// The editor is not used again.
        OctetMap<V> done() {
            return new OctetMap<>(foldsCase, tables, size);
        }
    }
}
