package reeve.store.embedded;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import reeve.store.Store.Change;
import reeve.store.Store.Entry;
import reeve.store.Store.Lease;
import reeve.store.Store.Listing;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// The reading side of the file: committed revisions only, each read as of one of them. Readers take turns on one
/// connection and never wait for the writer.
final class Reader implements AutoCloseable {
    private static final int PAGE_CHANGES = 256;
    private static final int PAGE_BYTES = 1024 * 1024;

    private static final String GET = "SELECT key, value, created, modified, lease FROM entry WHERE key = ?";
    private static final String LIST = "SELECT key, value, created, modified, lease FROM entry WHERE key >= ? AND key < ? ORDER BY key";
    private static final String OLDEST = "SELECT MIN(revision) FROM change";
    private static final String NEWEST = "SELECT MAX(revision) FROM change";
    private static final String CHANGES = "SELECT key, value, created, revision, lease, deleted FROM change"
            + " WHERE revision >= ? AND key >= ? AND key < ? ORDER BY revision, rowid";

    private final Connection connection;
    private final ReentrantLock turn = new ReentrantLock();
    private final Prepared sql;
    private boolean closed;

    /// The next revisions of a watch.
    sealed interface Page {
        /// @param revisions each whole, oldest first; few enough to be held in memory
        /// @param next      revision to go on from
        record Changes(List<List<Change>> revisions, long next) implements Page {}

        record Forgotten(Change.Compacted compacted) implements Page {}
    }

    @FunctionalInterface
    private interface Query<R> {
        R run() throws SQLException;
    }

    Reader(Connection connection) {
        this.connection = connection;
        this.sql = new Prepared(connection);
    }

    Optional<Entry> get(byte[] key) {
        return read(() -> {
            PreparedStatement get = sql.of(GET);
            get.setBytes(1, key);
            try (ResultSet rows = get.executeQuery()) {
                return rows.next() ? Optional.of(entry(rows)) : Optional.empty();
            }
        });
    }

    Listing list(byte[] prefix) {
        return read(() -> {
            List<Entry> entries = new ArrayList<>();
            PreparedStatement list = sql.of(LIST);
            list.setBytes(1, prefix);
            list.setBytes(2, end(prefix));
            try (ResultSet rows = list.executeQuery()) {
                while (rows.next()) {
                    entries.add(entry(rows));
                }
            }
            return new Listing(entries, number(NEWEST));
        });
    }

    long revision() {
        return read(() -> number(NEWEST));
    }

    /// @param from the first revision the watch has not seen
    Page changes(byte[] prefix, long from) {
        return read(() -> {
            long kept = number(OLDEST);
            if (from < kept) {
                return new Page.Forgotten(new Change.Compacted(kept));
            }
            PreparedStatement changes = sql.of(CHANGES);
            changes.setLong(1, from);
            changes.setBytes(2, prefix);
            changes.setBytes(3, end(prefix));
            try (ResultSet rows = changes.executeQuery()) {
                return page(rows, Math.max(from, number(NEWEST) + 1));
            }
        });
    }

    private static Page.Changes page(ResultSet rows, long end) throws SQLException {
        List<List<Change>> revisions = new ArrayList<>();
        List<Change> revision = List.of();
        long current = 0;
        int changes = 0;
        long bytes = 0;
        while (rows.next()) {
            if (rows.getLong(4) != current) {
                if (changes >= PAGE_CHANGES || bytes >= PAGE_BYTES) {
                    return new Page.Changes(revisions, rows.getLong(4));
                }
                current = rows.getLong(4);
                revision = new ArrayList<>();
                revisions.add(revision);
            }
            Entry entry = entry(rows);
            revision.add(rows.getBoolean(6) ? new Change.Deleted(entry.key(), current) : new Change.Stored(entry));
            changes++;
            bytes += entry.value().length;
        }
        return new Page.Changes(revisions, end);
    }

    private static Entry entry(ResultSet rows) throws SQLException {
        return new Entry(new String(rows.getBytes(1), StandardCharsets.UTF_8), Bytes.of(rows, 2),
                rows.getLong(3), rows.getLong(4), new Lease(rows.getLong(5)));
    }

    /// The end of a prefix's range: the byte FF is above every byte of UTF-8.
    private static byte[] end(byte[] prefix) {
        byte[] end = Arrays.copyOf(prefix, prefix.length + 1);
        end[prefix.length] = (byte) 0xFF;
        return end;
    }

    private long number(String query) throws SQLException {
        try (ResultSet rows = sql.of(query).executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private <R> R read(Query<R> query) {
        turn.lock();
        try {
            if (closed) {
                throw new StoreException(Kind.UNAVAILABLE, "cannot read the store: it is closed");
            }
            Schema.execute(connection, "BEGIN");
            R result = query.run();
            Schema.execute(connection, "ROLLBACK");
            return result;
        } catch (SQLException e) {
            sql.rollback();
            throw Faults.reading(e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() throws SQLException {
        turn.lock();
        try {
            closed = true;
            connection.close();
        } finally {
            turn.unlock();
        }
    }
}
