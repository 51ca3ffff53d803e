package reeve.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The statements of one connection, compiled at first use. One thread at a time.
final class Prepared {
    private static final Logger LOG = LoggerFactory.getLogger(Prepared.class);

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Prepared(Connection connection) {
        this.connection = connection;
    }

    /// @param sql a constant: each text is kept
    PreparedStatement of(String sql) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        return statement;
    }

    /// After a failure: ends the transaction, and compiles each statement anew at its next use, since the driver has closed the
    /// one that failed. Never throws: a connection that is beyond this fails at its next use.
    void rollback() {
        statements.values().forEach(Prepared::close);
        statements.clear();
        try {
            Schema.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("rollback: {}", e.getMessage()); // SQLite has rolled back by itself after some failures
        }
    }

    private static void close(PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            LOG.debug("close a statement: {}", e.getMessage()); // it repeats the failure that led here
        }
    }
}
