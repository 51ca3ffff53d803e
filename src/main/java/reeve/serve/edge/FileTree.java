package reeve.serve.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.model.FileRoot;

/// The files of one folder, found by paths of requests. Never leaves the folder, neither by `..` nor by a symbolic link; never shows what
/// is hidden (names that begin with a dot), but for `.well-known`. Any thread that may block.
public final class FileTree {
    private static final String WELL_KNOWN = ".well-known";
    private static final List<Variant> VARIANTS = List.of(new Variant("br", ".br"),
            new Variant("zstd", ".zst"), new Variant("gzip", ".gz"));

    private final FileRoot root;

    private record Variant(String coding, String ending) {}

    public FileTree(FileRoot root) {
        this.root = root;
    }

    /// What a path leads to.
    public sealed interface Found {
        /// Nothing, or nothing that is shown.
        record Nothing() implements Found {}

        /// A folder that was asked for without the `/` behind it.
        record Folder() implements Found {}

        /// A file, which the caller closes.
        /// @param coding as `Content-Encoding` says it; empty for the file itself
        /// @param varies whether another client may get it in another coding
        record File(FileChannel channel, long size, long modified, String type, String coding, boolean varies) implements Found {
            /// Another one after each change (RFC 9110 §8.8.3).
            public String etag() {
                return "\"" + Long.toHexString(modified) + "-" + Long.toHexString(size) + (coding.isEmpty() ? "" : "-" + coding) + "\"";
            }
        }
    }

    /// @param path    as it was sent
    /// @param accepts the value of `Accept-Encoding`; empty for none
    /// @throws IOException where the disk fails
    public Found find(String path, String accepts) throws IOException {
        Optional<String> plain = decoded(path);
        if (plain.isEmpty() || !plain.get().startsWith("/")) {
            return new Found.Nothing();
        }
        try {
            Path base = root.folder().toRealPath();
            boolean slash = plain.get().endsWith("/");
            String[] parts = plain.get().substring(1, plain.get().length() - (slash && plain.get().length() > 1 ? 1 : 0)).split("/", -1);
            Path wanted = base;
            for (int i = 0; i < parts.length; i++) {
                boolean top = parts.length == 1 && parts[0].isEmpty();
                if (!top && !isShown(parts[i], i == 0)) {
                    return new Found.Nothing();
                }
                wanted = wanted.resolve(parts[i]);
            }
            return at(base, wanted, slash, parts[parts.length - 1], accepts);
        } catch (NoSuchFileException | AccessDeniedException | InvalidPathException e) {
            return new Found.Nothing(); // not there (any more), not for us, or no path of this machine
        }
    }

    private Found at(Path base, Path wanted, boolean slash, String last, String accepts) throws IOException {
        if (Files.isDirectory(wanted)) {
            if (!slash) {
                return inside(base, wanted) == null ? new Found.Nothing() : new Found.Folder();
            }
            Found index = open(base, wanted.resolve(root.index()), accepts);
            return index instanceof Found.Nothing ? fallback(base, "", accepts) : index;
        }
        Found file = slash ? new Found.Nothing() : open(base, wanted, accepts);
        return file instanceof Found.Nothing ? fallback(base, last, accepts) : file;
    }

    /// Only for what looks like a page: a script that is missing is missing.
    private Found fallback(Path base, String last, String accepts) throws IOException {
        boolean page = last.indexOf('.') < 0;
        return page && root.fallback().isPresent() ? open(base, base.resolve(root.fallback().get()), accepts) : new Found.Nothing();
    }

    private static boolean isShown(String part, boolean first) {
        return !part.isEmpty() && (part.charAt(0) != '.' || first && part.equals(WELL_KNOWN));
    }

    private static @Nullable Path inside(Path base, Path wanted) throws IOException {
        if (!Files.exists(wanted)) { // also below what is no folder, or by a name that is too long
            return null;
        }
        Path real = wanted.toRealPath();
        return real.startsWith(base) ? real : null;
    }

    private static Found open(Path base, Path wanted, String accepts) throws IOException {
        Path real = inside(base, wanted);
        if (real == null || !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            return new Found.Nothing();
        }
        var plain = Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String type = MediaTypes.of(String.valueOf(wanted.getFileName()));
        boolean varies = false;
        for (Variant variant : VARIANTS) {
            Path sibling = inside(base, wanted.resolveSibling(wanted.getFileName() + variant.ending));
            if (sibling == null || !Files.isRegularFile(sibling, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            var attributes = Files.readAttributes(sibling, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.lastModifiedTime().compareTo(plain.lastModifiedTime()) >= 0) { // an older one was made of something else
                varies = true;
                if (Quality.accepts(accepts, variant.coding)) {
                    return new Found.File(channel(sibling), attributes.size(), attributes.lastModifiedTime().toMillis(), type,
                            variant.coding, true);
                }
            }
        }
        return new Found.File(channel(real), plain.size(), plain.lastModifiedTime().toMillis(), type, "", varies);
    }

    private static FileChannel channel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /// @return empty where it is not UTF-8, or hides a separator or a control character in `%`
    private static Optional<String> decoded(String path) {
        var bytes = ByteBuffer.allocate(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int octet = c;
            if (c == '%') {
                octet = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) * 16 + Character.digit(path.charAt(i + 2), 16) : -1;
                i += 2;
                if (octet == '/' || i >= path.length() || Character.digit(path.charAt(i - 1), 16) < 0) {
                    return Optional.empty();
                }
            }
            if (octet < ' ' || octet == 127 || octet > 255 || octet == '\\') {
                return Optional.empty();
            }
            bytes.put((byte) octet);
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
