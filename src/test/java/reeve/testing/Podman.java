package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A Podman of a test's own: its images, containers, networks and sockets lie in a folder that [#close] removes, with all that
/// runs from it. It has one image, [#BOX]: busybox. Needs root, and the programs that its tests name with `@NeedsProgram`.
public final class Podman implements AutoCloseable {
    public static final String BOX = "localhost/box:1";

    private static final List<String> APPLETS = List.of("sh", "sleep", "cat", "echo", "ls", "wget", "httpd", "nslookup", "id", "kill",
            "touch", "mkdir", "dd", "yes", "true", "stat", "hostname", "tail", "head", "grep", "date", "tty", "stty");

    private final Path folder;
    private final List<Process> services = new ArrayList<>();

    /// A folder of mode 0700 whose name is short enough for the sockets in it.
    public Podman() {
        try {
            folder = Files.createTempDirectory("reeve-podman");
            Files.writeString(folder.resolve("containers.conf"), """
                    [engine]
                    runtime = "runc"
                    lock_type = "file"
                    cgroup_manager = "cgroupfs"
                    events_logger = "file"
                    exit_command_delay = 1
                    static_dir = "%1$s/root/libpod"
                    tmp_dir = "%1$s/tmp"
                    volume_path = "%1$s/volumes"
                    [containers]
                    default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
                    [network]
                    network_config_dir = "%1$s/networks"
                    default_subnet = "10.%2$d.0.0/24"
                    default_subnet_pools = [{"base" = "10.%2$d.64.0/18", "size" = 26}]
                    """.formatted(folder, 100 + ProcessHandle.current().pid() % 100));
            Files.writeString(folder.resolve("storage.conf"), """
                    [storage]
                    driver = "overlay"
                    runroot = "%1$s/run"
                    graphroot = "%1$s/root"
                    """.formatted(folder));
            Files.writeString(folder.resolve("registries.conf"), """
                    unqualified-search-registries = ["docker.io"]
                    [[registry]]
                    location = "127.0.0.1"
                    insecure = true
                    """);
            Files.writeString(folder.resolve("auth.json"), "{}");
            Files.writeString(program(), """
                    #!/bin/sh
                    export CONTAINERS_CONF=%1$s/containers.conf CONTAINERS_STORAGE_CONF=%1$s/storage.conf
                    export CONTAINERS_REGISTRIES_CONF=%1$s/registries.conf REGISTRY_AUTH_FILE=%1$s/auth.json
                    exec podman "$@"
                    """.formatted(folder));
            Files.setPosixFilePermissions(program(), PosixFilePermissions.fromString("rwx------"));
            importBox(BOX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes another image like [#BOX], with a file in it that makes it differ.
    /// @param changes instructions of a Dockerfile, such as `CMD`
    public void importBox(String name, String... changes) {
        try {
            var words = new ArrayList<>(List.of("import"));
            for (String change : changes) {
                words.addAll(List.of("--change", change));
            }
            words.addAll(List.of(archiveOfBox(name).toString(), name));
            podman(words.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path archiveOfBox(String name) throws IOException {
        Path root = Files.createDirectories(folder.resolve("images").resolve(name.replaceAll("[^a-z0-9]", "-")));
        Path bin = Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("tmp"));
        Files.writeString(root.resolve("etc/image"), name + "\n");
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\nworker:x:1234:1234::/:/bin/sh\n");
        Files.copy(Stream.of("/bin/busybox", "/usr/bin/busybox").map(Path::of).filter(Files::exists).findFirst().orElseThrow(),
                bin.resolve("busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        Path tar = root.resolveSibling(root.getFileName() + ".tar");
        runs("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        return tar;
    }

    public Path folder() {
        return folder;
    }

    /// A program that is `podman` with this folder.
    public Path program() {
        return folder.resolve("podman");
    }

    /// Starts a service on a socket, as an operator's would, and waits until it listens.
    public Path socket() {
        try {
            Path socket = folder.resolve("service-" + services.size() + ".sock");
            services.add(new ProcessBuilder(program().toString(), "system", "service", "--time=0", "unix://" + socket)
                    .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("service.log").toFile()).start());
            await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The processes behind the sockets, to be killed or stopped.
    public List<Process> services() {
        return services;
    }

    /// Runs podman to its end, which must be a good one.
    /// @return what it wrote
    public String podman(String... arguments) {
        return runs(Stream.concat(Stream.of(program().toString()), Arrays.stream(arguments)).toArray(String[]::new));
    }

    private static String runs(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", List.of(command)).isTrue();
            assertThat(process.exitValue()).as("%s: %s", List.of(command), output).isZero();
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a program ran", e);
        }
    }

    /// Environment with which plain `podman` is this one.
    public Map<String, String> environment() {
        return Map.of("CONTAINERS_CONF", folder.resolve("containers.conf").toString(),
                "CONTAINERS_STORAGE_CONF", folder.resolve("storage.conf").toString());
    }

    @Override
    public void close() {
        podman("rm", "--all", "--force", "--time=0");
        podman("network", "prune", "--force");
        services.forEach(Process::destroyForcibly);
        left().forEach(ProcessHandle::destroyForcibly);
        runs("sh", "-c", "awk '{print $2}' /proc/mounts | grep '^" + folder + "/' | sort -r | xargs -r umount -l; rm -rf --one-file-system "
                + folder);
    }

    /// Services that a Reeve started, and monitors of commands that were run inside containers.
    private Stream<ProcessHandle> left() {
        return ProcessHandle.allProcesses().filter(process -> process.pid() != ProcessHandle.current().pid()
                && (contains(process, "environ") || contains(process, "cmdline")));
    }

    private boolean contains(ProcessHandle process, String file) {
        try {
            Path facts = Path.of("/proc/" + process.pid() + "/" + file);
            return Files.readString(facts, StandardCharsets.ISO_8859_1).contains(folder.toString());
        } catch (IOException e) {
            return false; // it is gone
        }
    }
}
