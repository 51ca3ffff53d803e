package reeve.store;

/// The store cannot answer.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What sort of failure, for callers that react to it.
    public enum Kind {
        /// Nothing was written; the same call may succeed later.
        UNAVAILABLE,
        /// Another process has it open.
        TAKEN,
        /// It may or may not have been written.
        UNKNOWN_OUTCOME,
        /// No room or no permission: reads work, nothing was written.
        READ_ONLY,
        /// The lease named does not exist.
        NOT_FOUND,
        /// The stored data contradict themselves.
        CORRUPT,
        /// What stands in the store's place cannot be used as it is: a planted link, another format, a newer version. An operator must act.
        UNUSABLE
    }

    private final Kind kind;

    public StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public StoreException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public boolean retryable() {
        return kind == Kind.UNAVAILABLE || kind == Kind.READ_ONLY;
    }
}
