package reeve.base.http;

import java.io.IOException;

/// A body is larger than the reader allows.
public final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyTooLargeException(int most) {
        super("cannot read the body: it is larger than " + most + " bytes");
    }
}
