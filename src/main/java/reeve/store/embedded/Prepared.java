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

    /// After a failure: the driver has closed the statement that failed, so all are compiled anew at their next use.
    void forget() {
        for (PreparedStatement statement : statements.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                LOG.debug("close a statement: {}", e.getMessage()); // it repeats the failure that led here
            }
        }
        statements.clear();
    }
}
