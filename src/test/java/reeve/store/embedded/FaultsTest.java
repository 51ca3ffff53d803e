package reeve.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import reeve.store.StoreException.Kind;

class FaultsTest {
    /// After an IO error at the commit nobody knows: the record may be on disk though its sync failed.
    @ParameterizedTest
    @CsvSource({
        "SQLITE_FULL,           READ_ONLY,   READ_ONLY,       UNAVAILABLE",
        "SQLITE_IOERR_WRITE,    READ_ONLY,   UNKNOWN_OUTCOME, UNAVAILABLE",
        "SQLITE_IOERR_FSYNC,    READ_ONLY,   UNKNOWN_OUTCOME, UNAVAILABLE",
        "SQLITE_READONLY,       READ_ONLY,   READ_ONLY,       UNAVAILABLE",
        "SQLITE_CANTOPEN,       READ_ONLY,   READ_ONLY,       UNAVAILABLE",
        "SQLITE_BUSY,           UNAVAILABLE, UNAVAILABLE,     UNAVAILABLE",
        "SQLITE_CORRUPT,        CORRUPT,     CORRUPT,         CORRUPT",
        "SQLITE_NOTADB,         CORRUPT,     CORRUPT,         CORRUPT",
    })
    void theKindSaysWhatTheCallerMayAssume(SQLiteErrorCode code, Kind beforeCommit, Kind atCommit, Kind reading) {
        var failure = new SQLiteException("planted", code);
        assertThat(Faults.beforeCommit(failure).kind()).isEqualTo(beforeCommit);
        assertThat(Faults.atCommit(failure).kind()).isEqualTo(atCommit);
        assertThat(Faults.reading(failure).kind()).isEqualTo(reading);
    }
}
