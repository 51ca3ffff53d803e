package reeve.serve.compress;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/// The JDK's, at another level, and flushed where it is told to.
final class GzipStream extends GZIPOutputStream {
    private static final int BUFFER = 8 * 1024;
    private static final int LEVEL = 5;

    GzipStream(OutputStream to) throws IOException {
        super(to, BUFFER, true);
        def.setLevel(LEVEL);
    }
}
