package reeve.store.embedded;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// The file's format, and how connections to it are made. `user_version` counts the migrations that have been carried out,
/// `application_id` tells the file from other SQLite files.
final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final int APPLICATION_ID = 0x52454556; // REEV
    private static final long MOST_PAGES = 512L * 1024 * 1024 / 4096;

    /// Each step brings the file from the version that is its index to the next. Steps are only ever added.
    private static final List<List<String>> MIGRATIONS = List.of(
            List.of("CREATE TABLE entry (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL, created INTEGER NOT NULL,"
                            + " modified INTEGER NOT NULL, lease INTEGER NOT NULL) STRICT",
                    "CREATE INDEX entry_lease ON entry (lease) WHERE lease <> 0",
                    "CREATE TABLE change (revision INTEGER NOT NULL, key BLOB NOT NULL, deleted INTEGER NOT NULL, value BLOB NOT NULL,"
                            + " created INTEGER NOT NULL, lease INTEGER NOT NULL) STRICT",
                    "CREATE INDEX change_revision ON change (revision)",
                    "CREATE TABLE lease (id INTEGER PRIMARY KEY AUTOINCREMENT, seconds INTEGER NOT NULL) STRICT",
                    "PRAGMA application_id = " + APPLICATION_ID));

    private Schema() {}

    static int version() {
        return MIGRATIONS.size();
    }

    /// Opens the connection that writes, and brings the file to this version.
    static Connection openWriter(Claim claim) throws SQLException {
        Connection connection = connect(claim);
        try {
            if (number(connection, "PRAGMA user_version") == 0 && number(connection, "SELECT COUNT(*) FROM sqlite_schema") > 0
                    || number(connection, "PRAGMA user_version") > 0 && number(connection, "PRAGMA application_id") != APPLICATION_ID) {
                throw new StoreException(Kind.UNUSABLE, "cannot open the store " + claim.file() + ": it is a file of another program");
            }
            execute(connection, "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 16777216",
                    "PRAGMA max_page_count = " + MOST_PAGES);
            if (claim.leftOpen()) {
                check(claim, connection);
            }
            // What a crashed predecessor left in the log may never have reached the disk: write all of it again before
            // anything is acknowledged on top of it (docs/decisions/0030).
            execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            migrate(claim, connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    static Connection openReader(Claim claim) throws SQLException {
        return connect(claim, "PRAGMA query_only = ON");
    }

    private static Connection connect(Claim claim, String... settings) throws SQLException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(5_000); // a backup or an operator's sqlite3 may hold a lock for a moment
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + claim.file());
        Connection connection = source.getConnection();
        try {
            execute(connection, "PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON");
            execute(connection, settings);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Only after an end that was not orderly: it reads the whole file.
    private static void check(Claim claim, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String verdict = rows.next() ? rows.getString(1) : "no answer";
            if (!"ok".equals(verdict)) {
                throw new StoreException(Kind.CORRUPT, "cannot open the store " + claim.file() + ": it is damaged: " + verdict);
            }
        }
    }

    private static void migrate(Claim claim, Connection connection) throws SQLException {
        int version = (int) number(connection, "PRAGMA user_version");
        if (version > version()) {
            throw new StoreException(Kind.UNUSABLE, "cannot open the store " + claim.file() + ": a newer Reeve wrote it (format "
                    + version + ", this one knows " + version() + ")");
        }
        for (; version < version(); version++) {
            execute(connection, "BEGIN IMMEDIATE");
            execute(connection, MIGRATIONS.get(version).toArray(String[]::new));
            execute(connection, "PRAGMA user_version = " + (version + 1), "COMMIT");
            LOG.info("store format: file={} version={}", claim.file(), version + 1);
        }
    }

    static void execute(Connection connection, String... commands) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }
}
