package reeve.store.embedded;

import java.nio.file.Path;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import reeve.store.StoreException;
import reeve.store.StoreException.Kind;

/// What a failure of SQLite, or of the code around it, means to the caller.
final class Faults {
    private Faults() {}

    static StoreException opening(Path file, Throwable failure) {
        Kind kind = kind(failure) == Kind.CORRUPT ? Kind.CORRUPT : Kind.UNAVAILABLE;
        return new StoreException(kind, "cannot open the store " + file + ": " + failure.getMessage(), failure);
    }

    static StoreException reading(Throwable failure) {
        Kind kind = kind(failure) == Kind.CORRUPT ? Kind.CORRUPT : Kind.UNAVAILABLE;
        return new StoreException(kind, "cannot read the store: " + failure.getMessage(), failure);
    }

    /// Nothing can have been written.
    static StoreException beforeCommit(Throwable failure) {
        return writing(kind(failure), failure);
    }

    /// After an IO error the commit record may or may not be on disk. A full disk is certain: the record is written last and
    /// did not fit.
    static StoreException atCommit(Throwable failure) {
        return writing(primary(failure) == SQLiteErrorCode.SQLITE_IOERR.code ? Kind.UNKNOWN_OUTCOME : kind(failure), failure);
    }

    private static StoreException writing(Kind kind, Throwable failure) {
        return new StoreException(kind, "cannot write the store: " + failure.getMessage(), failure);
    }

    private static Kind kind(Throwable failure) {
        int code = primary(failure);
        if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return Kind.CORRUPT;
        }
        boolean disk = code == SQLiteErrorCode.SQLITE_FULL.code || code == SQLiteErrorCode.SQLITE_READONLY.code
                || code == SQLiteErrorCode.SQLITE_IOERR.code || code == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || code == SQLiteErrorCode.SQLITE_PERM.code;
        return disk ? Kind.READ_ONLY : Kind.UNAVAILABLE;
    }

    /// SQLite's extended codes keep the primary code in their lowest byte.
    private static int primary(Throwable failure) {
        return failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xFF : 0;
    }
}
