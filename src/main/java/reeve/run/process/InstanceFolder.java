package reeve.run.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

/// The folder of one instance: `intent` (by Reeve), `started` and `ended` (by the shim). Mode 0700; a symbolic link, FIFO or
/// device in the place of one of ours is refused, never followed.
record InstanceFolder(InstanceId id, Path path) {
    private static final int MOST_BYTES = 64 * 1024;
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    static InstanceFolder of(Path instances, InstanceId id) {
        return new InstanceFolder(
                id,
                instances.resolve(id.service().app().value())
                        .resolve(id.service().service().value())
                        .resolve(Integer.toString(id.number())));
    }

    /// Every instance that has a folder; what has another form is skipped, and so are links.
    static List<InstanceFolder> all(Path instances) throws IOException {
        var found = new ArrayList<InstanceFolder>();
        for (Path app : folders(instances)) {
            for (Path service : folders(app)) {
                for (Path number : folders(service)) {
                    try {
                        found.add(of(instances, InstanceId.parse(instances.relativize(number).toString())));
                    } catch (IllegalArgumentException e) {
                        // not made by us: an instance has no such name
                    }
                }
            }
        }
        return found;
    }

    private static List<Path> folders(Path parent) throws IOException {
        if (!Files.isDirectory(parent, NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, entry -> Files.isDirectory(entry, NOFOLLOW_LINKS))) {
            var folders = new ArrayList<Path>();
            entries.forEach(folders::add);
            folders.sort(null);
            return folders;
        }
    }

    /// Makes the folder, and each above it that is missing.
    void make(Path instances) throws IOException {
        makePrivate(instances);
        makePrivate(path.getParent().getParent());
        makePrivate(path.getParent());
        makePrivate(path);
    }

    static void makePrivate(Path folder) throws IOException {
        if (!Files.exists(folder, NOFOLLOW_LINKS)) {
            try {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // the lane of another instance was faster
            }
        }
        if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is not a folder");
        }
    }

    Optional<Intent> intent() throws IOException {
        return read("intent").flatMap(Intent::parse);
    }

    Optional<Identity> identity(String run) throws IOException {
        return read("started").flatMap(Identity::parse).filter(identity -> identity.run().equals(run));
    }

    Optional<Exit> end(String run) throws IOException {
        return read("ended").flatMap(text -> Records.end(text, run));
    }

    private Optional<String> read(String name) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file, NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
            throw new IOException(file + " is not a file of ours");
        }
        try (var in = Files.newInputStream(file, NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        }
    }

    /// Makes an intent durable: on disk, under its name, when this returns. What was there of an earlier run is gone.
    void write(Intent intent) throws IOException {
        clear();
        Path temporary = path.resolve("intent.new");
        try (FileChannel channel =
                FileChannel.open(temporary, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer text = ByteBuffer.wrap(intent.text().getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(temporary, path.resolve("intent"), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(path)) {
            folder.force(true);
        }
    }

    /// Removes all that is known of a run. The intent goes last: without the others it means "forget".
    void clear() throws IOException {
        for (String name : List.of("started.new", "started", "ended.new", "ended", "answer", "words", "intent.new", "intent")) {
            Files.deleteIfExists(path.resolve(name));
        }
    }

    /// Removes the folder, and those above it that are empty then.
    void remove(Path instances) throws IOException {
        if (!Files.isDirectory(path, NOFOLLOW_LINKS)) {
            return;
        }
        clear();
        for (Path folder = path; !folder.equals(instances); folder = folder.getParent()) {
            try {
                Files.delete(folder);
            } catch (DirectoryNotEmptyException e) {
                return; // other instances, or something that is not ours
            }
        }
    }
}
