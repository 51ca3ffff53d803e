package reeve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import reeve.base.PrivateFiles;

/// Remembers beyond a crash that there are proxies outside the node's process: a new node then waits for them before it puts
/// anything to sleep.
record ProxyMarker(Path file) {

    boolean isThere() {
        return Files.exists(file);
    }

    void set(boolean there) {
        try {
            if (there) {
                PrivateFiles.file(file);
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remember that there are proxies: " + file, e);
        }
    }
}
