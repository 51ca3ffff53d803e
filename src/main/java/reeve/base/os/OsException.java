package reeve.base.os;

/// A call to the kernel failed in a way its caller did not expect. The message reads "cannot X: reason".
public final class OsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OsException(String message) {
        super(message);
    }

    public OsException(String message, Throwable cause) {
        super(message, cause);
    }
}
