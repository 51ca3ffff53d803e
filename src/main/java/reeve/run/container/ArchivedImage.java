package reeve.run.container;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reeve.model.wire.WireException;

/// Which image an archive holds, by its digest, found out without reading more than the archive's index: the form of
/// `docker save` (`manifest.json`) and OCI's (`index.json`), not compressed.
final class ArchivedImage {
    private static final int BLOCK = 512;
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private ArchivedImage() {}

    private record Entry(long start, long size) {}

    /// @return the image's id; empty where the archive has another form, and has to be loaded to be known
    static Optional<String> id(Path archive) throws IOException {
        try (var file = new RandomAccessFile(archive.toFile(), "r")) {
            Map<String, Entry> entries = entries(file);
            String docker = text(file, entries.get("manifest.json"));
            if (!docker.isEmpty()) {
                return Json.parse(docker).items().stream().findFirst()
                        .map(image -> image.get("Config").text().replaceFirst("\\.json$", "").replaceFirst("^.*/", ""))
                        .filter(ArchivedImage::isId);
            }
            String manifest = Json.parse(orEmptyObject(text(file, entries.get("index.json")))).get("manifests").items().stream().findFirst()
                    .map(first -> blob(first.get("digest").text())).orElse("");
            String config = Json.parse(orEmptyObject(text(file, entries.get(manifest)))).get("config").get("digest").text();
            return Optional.of(config.replaceFirst("^sha256:", "")).filter(ArchivedImage::isId);
        } catch (WireException | IllegalArgumentException e) {
            return Optional.empty(); // not the JSON it should be: Podman says what is wrong with it
        }
    }

    private static boolean isId(String text) {
        return text.matches("[0-9a-f]{64}");
    }

    private static String blob(String digest) {
        return "blobs/" + digest.replace(':', '/');
    }

    private static String orEmptyObject(String text) {
        return text.isEmpty() ? "{}" : text;
    }

    /// Names and places of the files in a tar, as far as it is one.
    private static Map<String, Entry> entries(RandomAccessFile file) throws IOException {
        var entries = new HashMap<String, Entry>();
        byte[] header = new byte[BLOCK];
        long at = 0;
        while (at + BLOCK <= file.length() && entries.size() < MOST_ENTRIES) {
            file.seek(at);
            file.readFully(header);
            String magic = new String(header, 257, 5, StandardCharsets.US_ASCII);
            if (!magic.equals("ustar")) {
                break;
            }
            long size = octal(header, 124, 12);
            String name = text(header, 0, 100);
            entries.put(name.startsWith("./") ? name.substring(2) : name, new Entry(at + BLOCK, size));
            at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
        return entries;
    }

    private static String text(RandomAccessFile file, @Nullable Entry entry) throws IOException {
        if (entry == null || entry.size > MOST_BYTES) {
            return "";
        }
        byte[] bytes = new byte[(int) entry.size];
        file.seek(entry.start);
        file.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String text(byte[] header, int from, int most) {
        int to = from;
        while (to < from + most && header[to] != 0) {
            to++;
        }
        return new String(header, from, to - from, StandardCharsets.UTF_8);
    }

    /// @throws IllegalArgumentException where it is no number: of files of 8 GB and more
    private static long octal(byte[] header, int from, int most) {
        String digits = text(header, from, most).strip();
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
}
