package reeve.store.embedded;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import reeve.store.Store.Lease;

/// The newest revisions, row by row, from which watches read. It is never empty once something was written, so its newest
/// row is the store's revision. Only the writer's thread.
final class ChangeLog {
    private final Prepared sql;
    private final Kept kept;
    private Size committed;
    private Size size;

    /// How much is kept; a tenth more before the oldest revisions are forgotten.
    record Kept(long revisions, long bytes) {
        static final Kept DEFAULT = new Kept(10_000, 32 * 1024 * 1024);

        private boolean passedBy(Size size, long newest) {
            return newest - size.oldest >= revisions + revisions / 10 || size.bytes > bytes + bytes / 10;
        }
    }

    /// @param oldest revision kept, 0 where there is none
    private record Size(long oldest, long bytes) {
        Size plus(long revision, long added) {
            return new Size(oldest == 0 ? revision : oldest, bytes + added);
        }
    }

    ChangeLog(Prepared sql, Kept kept) throws SQLException {
        this.sql = sql;
        this.kept = kept;
        this.committed = measure();
        this.size = committed;
    }

    private Size measure() throws SQLException {
        return new Size(number("SELECT MIN(revision) FROM change"), number("SELECT SUM(LENGTH(key) + LENGTH(value)) FROM change"));
    }

    long newest() throws SQLException {
        return number("SELECT MAX(revision) FROM change");
    }

    private long number(String query) throws SQLException {
        try (ResultSet rows = sql.of(query).executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    void stored(long revision, byte[] key, byte[] value, long created, Lease lease) throws SQLException {
        add(revision, key, false, value, created, lease);
    }

    void deleted(long revision, byte[] key) throws SQLException {
        add(revision, key, true, new byte[0], 0, Lease.NONE);
    }

    private void add(long revision, byte[] key, boolean deleted, byte[] value, long created, Lease lease) throws SQLException {
        PreparedStatement add = sql.of("INSERT INTO change (revision, key, deleted, value, created, lease) VALUES (?, ?, ?, ?, ?, ?)");
        add.setLong(1, revision);
        add.setBytes(2, key);
        add.setBoolean(3, deleted);
        add.setBytes(4, value);
        add.setLong(5, created);
        add.setLong(6, lease.id());
        add.executeUpdate();
        size = size.plus(revision, key.length + value.length);
    }

    void begin() {
        size = committed;
    }

    void committed() {
        committed = size;
    }

    /// Forgets the oldest revisions once the bounds are well passed, never the newest.
    void compact() throws SQLException {
        long newest = newest();
        if (!kept.passedBy(size, newest)) {
            return;
        }
        PreparedStatement forget = sql.of("DELETE FROM change WHERE revision < ?");
        forget.setLong(1, Math.max(newest - kept.revisions + 1, oldestWithin(kept.bytes, newest)));
        forget.executeUpdate();
        size = measure();
    }

    private long oldestWithin(long bytes, long newest) throws SQLException {
        long oldest = newest;
        long sum = 0;
        PreparedStatement sizes = sql.of(
                "SELECT revision, SUM(LENGTH(key) + LENGTH(value)) FROM change GROUP BY revision ORDER BY revision DESC");
        try (ResultSet rows = sizes.executeQuery()) {
            while (rows.next()) {
                sum += rows.getLong(2);
                if (sum > bytes) {
                    break;
                }
                oldest = rows.getLong(1);
            }
        }
        return oldest;
    }
}
