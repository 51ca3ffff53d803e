package reeve.base.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Processes of this machine: what `/proc` says of them, and signals to them. Any thread; nothing here waits.
public final class Processes {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    /// What the kernel shows to programs, whatever it counts in (sysconf(3), _SC_CLK_TCK).
    private static final long TICKS_PER_SECOND = 100;

    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /// @return empty where there is no such process
    public static Optional<ProcessFacts> facts(long pid) {
        try {
            return ProcessFacts.parse(Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // it went away before or while it was read
        }
    }

    /// Whether exactly this process still runs: the same pid and start; zombies are gone.
    public static boolean alive(long pid, long startTicks) {
        return facts(pid).filter(facts -> facts.startTicks() == startTicks && !facts.gone()).isPresent();
    }

    /// All processes that are not gone and pass a test. Not a snapshot: what comes and goes meanwhile may be missing.
    public static List<ProcessFacts> all(Predicate<ProcessFacts> wanted) {
        var found = new ArrayList<ProcessFacts>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path entry : entries) {
                facts(Long.parseLong(entry.getFileName().toString()))
                        .filter(facts -> !facts.gone() && wanted.test(facts))
                        .ifPresent(found::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new OsException("cannot list processes: " + e.getMessage(), e);
        }
        return found;
    }

    /// How many threads a user's processes have.
    public static long threadsOf(int user) {
        return all(facts -> status(facts.pid(), "Uid").startsWith(user + "\t")).stream().mapToInt(ProcessFacts::threads).sum();
    }

    /// A line of `/proc/PID/status` (proc_pid_status(5)), without its name; empty where there is none.
    public static String status(long pid, String name) {
        try (var lines = Files.lines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(name + ":")).findFirst()
                    .map(line -> line.substring(name.length() + 1).strip()).orElse("");
        } catch (IOException | UncheckedIOException e) {
            return ""; // it went away
        }
    }

    /// Memory that a process shares with no file, in bytes; 0 where it is gone.
    public static long memory(long pid) {
        String kilobytes = status(pid, "RssAnon").replace(" kB", "");
        return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) * 1024;
    }

    /// Processor time that a process, and those of its children that it has waited for, used; none where it is gone.
    public static Duration cpu(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long ticks = 0;
            for (int i = 11; i <= 14; i++) { // utime, stime, cutime, cstime: fields 14 to 17 of proc_pid_stat(5)
                ticks += Long.parseLong(fields[i]);
            }
            return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
        } catch (IOException | RuntimeException e) {
            return Duration.ZERO; // it went away while it was read
        }
    }

    /// Whether the environment a process was started with has this entry. False where it may not be read.
    /// @param entry `NAME=value`
    public static boolean startedWith(long pid, String entry) {
        try {
            String environment = Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            return environment.startsWith(entry + "\0") || environment.contains("\0" + entry + "\0");
        } catch (IOException | UncheckedIOException e) {
            return false; // gone, or another user's
        }
    }

    /// The cgroup paths of a process, one line for each hierarchy; empty where it is gone.
    static List<String> cgroups(String pid) {
        try {
            return Files.readAllLines(PROC.resolve(pid + "/cgroup"));
        } catch (IOException e) {
            return List.of(); // it went away
        }
    }

    /// The environment a process was started with; empty where it may not be read, or where the process wrote over it.
    public static Map<String, String> environment(long pid) {
        var environment = new LinkedHashMap<String, String>();
        try {
            for (String entry : Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.UTF_8).split("\0")) {
                int equals = entry.indexOf('=');
                if (equals > 0) {
                    environment.put(entry.substring(0, equals), entry.substring(equals + 1));
                }
            }
            return environment;
        } catch (IOException e) {
            return Map.of(); // gone, another user's, or not text
        }
    }

    /// Whether a process sees another tree of mounts than this one.
    public static boolean hasOwnMounts(long pid) {
        try {
            return !Files.readSymbolicLink(PROC.resolve(pid + "/ns/mnt")).equals(Files.readSymbolicLink(PROC.resolve("self/ns/mnt")));
        } catch (IOException e) {
            return false; // gone, or another user's
        }
    }

    /// Whether a process is in a cgroup folder of this name, in any hierarchy.
    public static boolean inCgroupNamed(long pid, String name) {
        return cgroups(Long.toString(pid)).stream().anyMatch(line -> line.endsWith("/" + name) || line.contains("/" + name + "/"));
    }

    /// Whether a process is in a cgroup, in any hierarchy, with this in its path.
    public static boolean inCgroupOf(long pid, String part) {
        return cgroups(Long.toString(pid)).stream().anyMatch(line -> line.contains(part));
    }

    /// Sends a signal to one process, after making sure, with its pidfd open, that it is the one meant.
    /// @return false where that process is gone
    public static boolean signal(long pid, long startTicks, int signal) {
        Libc.Answer opened = Libc.pidfdOpen(pid);
        if (opened.failedWith(Libc.ESRCH)) {
            return false;
        }
        if (opened.failed()) { // no pidfd on this kernel: the pid could be used again between the two calls
            return alive(pid, startTicks) && sent("process " + pid, Libc.KILL.call(pid, signal));
        }
        try {
            return alive(pid, startTicks) && sent("process " + pid, Libc.pidfdSendSignal(opened.value(), signal));
        } finally {
            Libc.CLOSE.call(opened.value());
        }
    }

    /// Sends a signal to a pid that the kernel has just named as a member of a set of ours.
    static void signalNow(long pid, int signal) {
        sent("process " + pid, Libc.KILL.call(pid, signal));
    }

    /// Sends a signal to every process of a group. The caller has made sure whose group it is.
    /// @return false where the group has no process
    public static boolean signalGroup(long group, int signal) {
        if (group <= 1) {
            throw new IllegalArgumentException("cannot signal group " + group + ": that is everybody");
        }
        return sent("process group " + group, Libc.KILL.call(-group, signal));
    }

    private static boolean sent(String whom, Libc.Answer answer) {
        if (answer.failed() && answer.errno() != Libc.ESRCH) {
            throw new OsException("cannot signal " + whom + ": error " + answer.errno());
        }
        return !answer.failed();
    }
}
