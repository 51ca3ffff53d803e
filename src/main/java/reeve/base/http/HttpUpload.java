package reeve.base.http;

import java.io.IOException;
import java.io.OutputStream;

/// A request's body that is written while it is sent, in chunks: too long to be held as a whole. Called once, on the caller's
/// thread.
@FunctionalInterface
public interface HttpUpload {
    void writeTo(OutputStream out) throws IOException;
}
