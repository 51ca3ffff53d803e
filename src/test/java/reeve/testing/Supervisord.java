package reeve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A supervisord of a measurement's own, with many programs that do nothing. Closing it ends it and them.
public final class Supervisord implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/supervisord");
    private static final Pattern SPAWNED = Pattern.compile("spawned: '(\\w+)' with pid (\\d+)");
    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS");

    private final Path log;
    private final Process process;

    /// @param folder of its own
    public Supervisord(Path folder, int programs) throws IOException {
        this.log = folder.resolve("supervisord.log");
        Path logs = Files.createDirectories(folder.resolve("logs"));
        Path configuration = Files.writeString(folder.resolve("supervisord.conf"), """
                [supervisord]
                nodaemon=true
                user=%5$s
                minfds=%2$d
                minprocs=200
                logfile=%3$s
                logfile_maxbytes=0
                childlogdir=%4$s
                pidfile=%1$s/supervisord.pid
                [program:s]
                command=sleep 2000000
                process_name=s%%(process_num)04d
                numprocs=%6$d
                autostart=true
                autorestart=true
                """.formatted(folder, 4 * programs + 1024, log, logs, System.getProperty("user.name"), programs));
        this.process = new ProcessBuilder(PROGRAM.toString(), "-c", configuration.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("out.txt").toFile()).start();
    }

    public static boolean there() {
        return Files.isExecutable(PROGRAM);
    }

    public long pid() {
        return process.pid();
    }

    /// The pid that each program was last started with, by its name.
    public Map<String, Long> programs() {
        var pids = new TreeMap<String, Long>();
        Matcher spawned = SPAWNED.matcher(log());
        while (spawned.find()) {
            pids.put(spawned.group(1), Long.parseLong(spawned.group(2)));
        }
        return pids;
    }

    /// When its log first said something.
    public Optional<Instant> said(String what, Instant after) {
        return log().lines().filter(line -> line.contains(what))
                .map(line -> LocalDateTime.parse(line.substring(0, 23), WHEN).atZone(ZoneId.systemDefault()).toInstant())
                .filter(at -> !at.isBefore(after.minusMillis(1)))
                .findFirst();
    }

    private String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a process runs just this command.
    /// @param command as in `/proc/PID/cmdline`
    public static boolean runs(long pid, String command) {
        return text(pid, "cmdline").equals(command);
    }

    /// What a process holds in memory, each page shared out among those who share it, in kB; 0 where it may not be seen.
    public static long proportional(long pid) {
        return text(pid, "smaps_rollup").lines().filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }

    private static String text(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // gone
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
