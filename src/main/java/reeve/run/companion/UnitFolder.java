package reeve.run.companion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.base.PrivateFiles;
import reeve.model.Failure;

/// The files of companions: units where systemd looks for them, and beside Reeve's state what only they may read.
/// @param quadlet for `.container` files
/// @param plain   for `.service` files
/// @param state   Reeve's state folder
record UnitFolder(Path quadlet, Path plain, Path state) {
    private static final int MOST_BYTES = 1024 * 1024;

    /// A unit's file that this Reeve wrote, by its name and form.
    record Ours(String name, Unit.Form form) {
        String service() {
            return name + ".service";
        }
    }

    Path folder(String name) {
        return state.resolve("companions").resolve(name);
    }

    private Path file(String name, Unit.Form form) {
        return switch (form) {
            case QUADLET -> quadlet.resolve(name + form.ending());
            case SERVICE -> plain.resolve(name + form.ending());
        };
    }

    List<Ours> ours() {
        var ours = new ArrayList<Ours>();
        for (Unit.Form form : Unit.Form.values()) {
            Path folder = form == Unit.Form.QUADLET ? quadlet : plain;
            try (Stream<Path> children = Files.list(folder)) {
                children.map(child -> String.valueOf(child.getFileName()))
                        .filter(name -> name.startsWith(Unit.PREFIX) && name.endsWith(form.ending()) && !name.startsWith("."))
                        .map(name -> new Ours(name.substring(0, name.length() - form.ending().length()), form))
                        .filter(one -> read(file(one.name(), form)).filter(this::isOurs).isPresent())
                        .forEach(ours::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                continue; // such a folder holds none
            } catch (IOException e) {
                throw cannot("list " + folder, e);
            }
        }
        return List.copyOf(ours);
    }

    /// What writing a unit changed.
    /// @param fresh   the unit's file was not there
    /// @param changed it, or what lies beside it, was there and is different now, or was there in the other form
    record Written(boolean fresh, boolean changed) {}

    /// Makes the files of a unit what they should be; each is there whole or not at all, whatever happens meanwhile.
    /// @throws Failure `CONFLICT` where a unit of this name is not ours
    Written write(Unit unit, Unit.Form form) {
        Path file = file(unit.name(), form);
        Optional<String> before = read(file);
        if (before.isPresent() && !isOurs(before.get())) {
            throw new Failure(Failure.Kind.CONFLICT,
                    "cannot write " + file + ": there is a unit of this name that this Reeve did not write");
        }
        try {
            boolean changed = before.isPresent() && !before.get().equals(unit.text());
            PrivateFiles.folder(state.resolve("companions"));
            PrivateFiles.folder(folder(unit.name()));
            for (Map.Entry<String, String> beside : unit.files().entrySet()) {
                Path path = folder(unit.name()).resolve(beside.getKey());
                Optional<String> old = read(path);
                if (!old.equals(Optional.of(beside.getValue()))) {
                    replace(path, beside.getValue(), "rw-------");
                    changed |= old.isPresent();
                }
            }
            if (!before.equals(Optional.of(unit.text()))) {
                Files.createDirectories(file.getParent());
                replace(file, unit.text(), "rw-r--r--");
            }
            return new Written(before.isEmpty(), removeOther(unit.name(), form) || changed);
        } catch (IOException e) {
            throw cannot("write " + file, e);
        }
    }

    /// Where Podman has become newer or older, the unit in the form for the one before: systemd prefers plain units to generated ones.
    private boolean removeOther(String name, Unit.Form form) throws IOException {
        Path other = file(name, form == Unit.Form.QUADLET ? Unit.Form.SERVICE : Unit.Form.QUADLET);
        if (read(other).filter(this::isOurs).isEmpty()) {
            return false;
        }
        Files.delete(other);
        PrivateFiles.sync(other.getParent());
        return true;
    }

    void remove(Ours ours) {
        Path file = file(ours.name(), ours.form());
        try {
            Path beside = folder(ours.name());
            if (Files.isDirectory(beside, LinkOption.NOFOLLOW_LINKS)) {
                try (Stream<Path> children = Files.list(beside)) {
                    for (Path child : children.toList()) {
                        Files.delete(child);
                    }
                }
                Files.delete(beside);
            }
            Files.deleteIfExists(file); // last: while it is there, the rest is tried again
            PrivateFiles.sync(file.getParent());
        } catch (IOException e) {
            throw cannot("remove " + file, e);
        }
    }

    private boolean isOurs(String text) {
        return text.startsWith(Unit.mark(state) + "\n");
    }

    private static Optional<String> read(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw cannot("read " + file, e);
        }
    }

    private static void replace(Path file, String text, String mode) throws IOException {
        Path draft = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(draft); // of a write that was cut off
        var attributes = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(draft, attributes);
        try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(mode));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.sync(file.getParent());
    }

    private static Failure cannot(String what, IOException e) {
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot " + what + ": " + e.getMessage(), e);
    }
}
