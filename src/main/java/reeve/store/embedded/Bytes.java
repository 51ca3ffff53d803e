package reeve.store.embedded;

import java.sql.ResultSet;
import java.sql.SQLException;

/// SQLite's driver hands out an empty blob as null.
final class Bytes {
    private static final byte[] NONE = {};

    private Bytes() {}

    static byte[] of(ResultSet rows, int column) throws SQLException {
        byte[] bytes = rows.getBytes(column);
        return bytes == null ? NONE : bytes;
    }
}
