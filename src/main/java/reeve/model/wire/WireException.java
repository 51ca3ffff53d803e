package reeve.model.wire;

/// A text is not the JSON that was expected. The message is fit for a user's eyes.
public final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
