package reeve.serve.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.Access;

/// Who has a password: lines `NAME:HASH`, some of a manifest, some of a file that is read again when it changes. Any thread; blocks for
/// reading, so never an event loop.
final class Users {
    private static final Logger LOG = LoggerFactory.getLogger(Users.class);
    private static final long LARGEST = 4 * 1024 * 1024;

    private final List<String> lines;
    private final Optional<Path> file;
    private State state;

    /// @param generation another one after each change
    record State(Map<String, PasswordHash> hashes, int generation, FileTime changed, long size) {}

    Users(List<String> lines, Optional<Path> file) {
        this.lines = lines;
        this.file = file;
        this.state = new State(read(lines), 0, FileTime.fromMillis(0), -1);
    }

    /// As they are now. Where the file cannot be read, only those of the manifest.
    synchronized State now() {
        if (file.isEmpty()) {
            return state;
        }
        try {
            BasicFileAttributes found = Files.readAttributes(file.get(), BasicFileAttributes.class);
            if (!found.lastModifiedTime().equals(state.changed) || found.size() != state.size) {
                if (found.size() > LARGEST) {
                    throw new IOException("it is larger than 4 MiB");
                }
                var all = read(Files.readAllLines(file.get()));
                all.putAll(read(lines));
                state = new State(all, state.generation + 1, found.lastModifiedTime(), found.size());
                LOG.info("users read: file={} users={}", file.get(), all.size());
            }
        } catch (IOException e) {
            if (state.size != -2) {
                LOG.error("cannot read the users in {}: {}", file.get(), e.toString());
                state = new State(read(lines), state.generation + 1, FileTime.fromMillis(0), -2);
            }
        }
        return state;
    }

    private static Map<String, PasswordHash> read(List<String> lines) {
        var hashes = new HashMap<String, PasswordHash>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#") && Access.Basic.allowsHash(line.substring(colon + 1).strip())) {
                hashes.put(line.substring(0, colon), new PasswordHash(line.substring(colon + 1).strip()));
            }
        }
        return hashes;
    }
}
