package reeve.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reeve.store.Limits;
import reeve.store.Store.Compare;
import reeve.store.Store.Lease;
import reeve.store.Store.Outcome;
import reeve.store.Store.Write;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// The writing side of the file: what one transaction does to it. Only the writer's thread.
///
/// Everything the store knows is in the tables: the newest revision is the newest row of the change log, so that a
/// rollback has nothing in memory to undo.
final class Tables {
    private final Connection connection;
    private final Prepared sql;
    private final ChangeLog log;

    private record Row(byte[] value, long created, long modified) {}

    Tables(Connection connection, ChangeLog.Kept kept) throws SQLException {
        this.connection = connection;
        this.sql = new Prepared(connection);
        this.log = new ChangeLog(sql, kept);
    }

    void begin() throws SQLException {
        Schema.execute(connection, "BEGIN IMMEDIATE");
        log.begin();
    }

    void commit() throws SQLException {
        log.compact();
        Schema.execute(connection, "COMMIT");
        log.committed();
    }

    void rollback() {
        sql.rollback();
    }

    /// The newest revision, as of what this transaction has written so far.
    long revision() throws SQLException {
        return log.newest();
    }

    Outcome txn(List<Compare> compares, List<Write> writes) throws SQLException {
        for (Compare compare : compares) {
            if (!holds(compare)) {
                return new Outcome.Refused();
            }
        }
        for (Write write : writes) {
            if (write instanceof Write.Put(_, _, Lease lease) && !lease.equals(Lease.NONE) && !exists(lease)) {
                throw new StoreException(Kind.NOT_FOUND, "cannot put " + write.key() + ": lease " + lease.id() + " has ended");
            }
        }
        long revision = log.newest() + 1;
        for (Write write : writes) {
            switch (write) {
                case Write.Put(String key, byte[] value, Lease lease) -> put(Limits.key(key), value, lease, revision);
                case Write.Delete(String key) -> delete(Limits.key(key), revision);
            }
        }
        return new Outcome.Committed(log.newest());
    }

    private boolean holds(Compare compare) throws SQLException {
        return switch (compare) {
            case Compare.Modified(String key, long revision) -> {
                Row row = find(Limits.key(key));
                yield row == null ? revision == 0 : row.modified == revision;
            }
            case Compare.Value(String key, byte[] value) -> {
                Row row = find(Limits.key(key));
                yield row != null && Arrays.equals(row.value, value);
            }
        };
    }

    private @Nullable Row find(byte[] key) throws SQLException {
        PreparedStatement find = sql.of("SELECT value, created, modified FROM entry WHERE key = ?");
        find.setBytes(1, key);
        try (ResultSet rows = find.executeQuery()) {
            return rows.next() ? new Row(Bytes.of(rows, 1), rows.getLong(2), rows.getLong(3)) : null;
        }
    }

    private void put(byte[] key, byte[] value, Lease lease, long revision) throws SQLException {
        Row before = find(key);
        long created = before == null ? revision : before.created;
        PreparedStatement put = sql.of("INSERT INTO entry (key, value, created, modified, lease) VALUES (?1, ?2, ?3, ?4, ?5)"
                + " ON CONFLICT (key) DO UPDATE SET value = ?2, modified = ?4, lease = ?5");
        put.setBytes(1, key);
        put.setBytes(2, value);
        put.setLong(3, created);
        put.setLong(4, revision);
        put.setLong(5, lease.id());
        put.executeUpdate();
        log.stored(revision, key, value, created, lease);
    }

    private void delete(byte[] key, long revision) throws SQLException {
        PreparedStatement delete = sql.of("DELETE FROM entry WHERE key = ?");
        delete.setBytes(1, key);
        if (delete.executeUpdate() > 0) {
            log.deleted(revision, key);
        }
    }

    Lease grant(Duration timeToLive) throws SQLException {
        PreparedStatement addLease = sql.of("INSERT INTO lease (seconds) VALUES (?) RETURNING id");
        addLease.setLong(1, timeToLive.toSeconds());
        try (ResultSet rows = addLease.executeQuery()) {
            rows.next();
            return new Lease(rows.getLong(1));
        }
    }

    boolean exists(Lease lease) throws SQLException {
        PreparedStatement findLease = sql.of("SELECT 1 FROM lease WHERE id = ?");
        findLease.setLong(1, lease.id());
        try (ResultSet rows = findLease.executeQuery()) {
            return rows.next();
        }
    }

    Lease end(Lease lease) throws SQLException {
        long revision = log.newest() + 1;
        for (byte[] key : leased(lease)) {
            delete(key, revision);
        }
        PreparedStatement deleteLease = sql.of("DELETE FROM lease WHERE id = ?");
        deleteLease.setLong(1, lease.id());
        deleteLease.executeUpdate();
        return lease;
    }

    private List<byte[]> leased(Lease lease) throws SQLException {
        List<byte[]> keys = new ArrayList<>();
        PreparedStatement leased = sql.of("SELECT key FROM entry WHERE lease = ? AND lease <> 0 ORDER BY key");
        leased.setLong(1, lease.id());
        try (ResultSet rows = leased.executeQuery()) {
            while (rows.next()) {
                keys.add(rows.getBytes(1));
            }
        }
        return keys;
    }

    /// All leases and their times to live, read once at open.
    Map<Lease, Duration> leases() throws SQLException {
        Map<Lease, Duration> leases = new HashMap<>();
        try (ResultSet rows = sql.of("SELECT id, seconds FROM lease").executeQuery()) {
            while (rows.next()) {
                leases.put(new Lease(rows.getLong(1)), Duration.ofSeconds(rows.getLong(2)));
            }
        }
        return leases;
    }

    /// Writes a page without changing anything, to learn whether the disk takes writes.
    Boolean probe() throws SQLException {
        Schema.execute(connection, "PRAGMA user_version = " + Schema.version());
        return true;
    }

    Boolean limitPages(int pages) throws SQLException {
        Schema.execute(connection, "PRAGMA max_page_count = " + pages);
        return true;
    }
}
