package reeve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import reeve.base.SystemTime;
import reeve.base.Waiting;

/// Where programs are measured: a folder, free ports, and two cores, one for what is measured and one for all else. Closing it ends all.
final class Rig implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final Path folder;
    final SystemTime time = new SystemTime();
    private final int cores = Runtime.getRuntime().availableProcessors();
    private final List<Process> started = new ArrayList<>();

    Rig() throws IOException {
        folder = Files.createTempDirectory("reeve-bench");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x")); // nginx's worker is nobody
    }

    int cores() {
        return cores;
    }

    Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean has(String program) {
        return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")).anyMatch(at -> Files.isExecutable(Path.of(at, program)));
    }

    /// Starts a program on the core of what is measured.
    Process measured(String... command) {
        return start(cores - 1, command);
    }

    /// Starts a program on the other core.
    Process beside(String... command) {
        return start(0, command);
    }

    private Process start(int core, String... command) {
        var words = new ArrayList<String>();
        if (cores > 1) {
            words.addAll(List.of("taskset", "-c", String.valueOf(core)));
        }
        words.addAll(List.of(command));
        try {
            Path output = folder.resolve("output-" + started.size() + ".txt");
            Process process = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs a load generator to its end, beside what is measured.
    /// @return its output
    String run(String... command) {
        Process process = beside(command);
        Path output = folder.resolve("output-" + (started.size() - 1) + ".txt");
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException("cannot measure: " + String.join(" ", command) + ": " + Files.readString(output));
            }
            started.remove(process);
            return Files.readString(output, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitPort(int port, String what) {
        if (!Waiting.until(time, Duration.ofMillis(20), PATIENCE, () -> listens(port))) {
            throw new IllegalStateException("cannot measure: " + what + " does not listen on port " + port + ": " + outputs());
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Map<Path, String> outputs() {
        try (Stream<Path> files = Files.list(folder)) {
            var texts = new TreeMap<Path, String>();
            for (Path file : files.filter(each -> each.toString().endsWith(".txt")).toList()) {
                texts.put(file.getFileName(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A program and all that it started.
    static List<Long> family(Process process) {
        return Stream.concat(Stream.of(process.pid()), process.descendants().map(ProcessHandle::pid)).toList();
    }

    /// Time that processes have had of processors, of their own and in the kernel (proc_pid_stat(5): utime and stime).
    static Duration processorTime(List<Long> pids) {
        long ticks = 0;
        for (long pid : pids) {
            String stat = read(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return Duration.ofMillis(ticks * 10); // what the kernel tells programs is in hundredths
    }

    /// Resident memory of processes, in kilobytes.
    static long resident(List<Long> pids) {
        return pids.stream().mapToLong(pid -> read(Path.of("/proc", String.valueOf(pid), "status")).lines()
                .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum()).sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Process process : started.reversed()) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        for (Process process : started) {
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        time.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
