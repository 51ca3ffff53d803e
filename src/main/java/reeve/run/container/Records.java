package reeve.run.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.PrivateFiles;
import reeve.base.os.Machine;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.wire.WireException;

/// What this room keeps on disk, below `STATE/containers`: whose containers these are, what was intended for each instance, and
/// which images were fetched for each service. Files of mode 0600, there whole or not at all, durable when a write returns.
/// Any thread; one at a time for each instance or service.
final class Records {
    private static final int MOST_BYTES = 256 * 1024;

    private final Path folder;
    private final Path instances;
    private final Path images;

    /// What is written before a container is made.
    /// @param run  unique for each start; the container has it as a label
    /// @param boot of the machine, at that time
    /// @param log  empty in the records of a Reeve that did not know its age
    record Intent(InstanceId id, String run, String spec, String boot, Optional<AgedLog> log) {}

    /// @param age   that its lines may have, give or take as much again
    /// @param twice whether an older one may stand beside it
    record AgedLog(Path file, Duration age, boolean twice) {}

    /// @param folder there or not; it is made with the first intent, so that a node without containers has none
    Records(Path folder) {
        this.folder = folder;
        this.instances = folder.resolve("instances");
        this.images = folder.resolve("images");
    }

    /// Whether any container was ever intended.
    boolean used() {
        return Files.isRegularFile(folder.resolve("node"));
    }

    /// The id of this state folder, by which containers are ours; made at the first call.
    String node() throws IOException {
        Path file = folder.resolve("node");
        Optional<String> known = read(file);
        if (known.isPresent()) {
            return known.get();
        }
        synchronized (this) {
            Optional<String> made = read(file);
            if (made.isEmpty()) {
                PrivateFiles.folder(folder);
                PrivateFiles.folder(instances);
                PrivateFiles.folder(images);
                write(file, Machine.newName());
            }
            return read(file).orElseThrow(() -> new IOException("cannot read " + file));
        }
    }

    List<Intent> intents() throws IOException {
        var found = new ArrayList<Intent>();
        if (!Files.isDirectory(instances)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(instances, "*@*@*.json")) {
            for (Path file : files) {
                read(file).flatMap(Records::intent).ifPresent(found::add);
            }
        }
        return found;
    }

    Optional<Intent> intent(InstanceId id) throws IOException {
        return read(file(id)).flatMap(Records::intent);
    }

    private static Optional<Intent> intent(String text) {
        try {
            Json json = Json.parse(text);
            return Optional.of(new Intent(InstanceId.parse(json.get("instance").text()), json.get("run").text(), json.get("spec").text(),
                    json.get("boot").text(), log(json)));
        } catch (WireException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty(); // not written by us: no instance has such a name
        }
    }

    private static Optional<AgedLog> log(Json json) {
        return json.find("log").findFirst()
                .map(file -> new AgedLog(Path.of(file.text()), Duration.parse(json.get("log_age").text()), json.get("log_twice").truth()));
    }

    void write(Intent intent) throws IOException {
        var fields = new LinkedHashMap<String, Object>(Map.of(
                "instance", intent.id.toString(), "run", intent.run, "spec", intent.spec, "boot", intent.boot));
        intent.log.ifPresent(log -> fields.putAll(Map.of(
                "log", log.file.toString(), "log_age", log.age.toString(), "log_twice", log.twice)));
        write(file(intent.id), Json.object(fields).toString());
    }

    void delete(InstanceId id) throws IOException {
        if (Files.deleteIfExists(file(id))) {
            PrivateFiles.sync(instances);
        }
    }

    private Path file(InstanceId id) {
        return instances.resolve(id.toString().replace('/', '@') + ".json");
    }

    /// Ids of images that were fetched for a service, the newest first.
    List<String> images(ServiceId service) throws IOException {
        return read(images(service.toString())).map(text -> text.lines().toList()).orElse(List.of());
    }

    void images(ServiceId service, List<String> ids) throws IOException {
        write(images(service.toString()), String.join("\n", ids));
    }

    /// All for which an image was fetched.
    List<ServiceId> services() throws IOException {
        var found = new ArrayList<ServiceId>();
        if (Files.isDirectory(images)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(images, "*@*.txt")) {
                for (Path file : files) {
                    String[] names = file.getFileName().toString().replace(".txt", "").split("@", -1);
                    found.add(ServiceId.of(names[0], names[1]));
                }
            }
        }
        return found;
    }

    /// Every image that was fetched for a service, whichever.
    List<String> allImages() throws IOException {
        var found = new ArrayList<String>();
        for (ServiceId service : services()) {
            found.addAll(images(service));
        }
        return found;
    }

    private Path images(String service) {
        return images.resolve(service.replace('/', '@') + ".txt");
    }

    private static Optional<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        PrivateFiles.check(file);
        try (var in = Files.newInputStream(file)) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        }
    }

    private static void write(Path file, String text) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(whole); // left by a crash
        PrivateFiles.file(whole);
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.sync(file.toAbsolutePath().getParent());
    }
}
