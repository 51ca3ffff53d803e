package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reeve.model.Confinement.Ulimit;

/// The limits on open files and processes that Reeve itself lives under, for containers that are told nothing else. Left to
/// itself Podman asks for the most it knows of, which not every root may have; and it lowers its own to the kernel's largest pid.
final class Limits {
    private static final long MOST_FILES = 1024 * 1024;

    private static final Map<String, String> ROWS = Map.of("Max open files", "nofile", "Max processes", "nproc");

    private Limits() {}

    /// By Compose's name; empty where `/proc` says nothing.
    static Map<String, Ulimit> own() {
        var limits = new LinkedHashMap<String, Ulimit>();
        try {
            String pids = Files.readAllLines(Path.of("/proc/sys/kernel/pid_max")).getFirst(); // given whole in one read, or not at all
            long largestPid = Long.parseLong(pids);
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                ROWS.forEach((row, name) -> {
                    String[] columns = line.startsWith(row) ? line.substring(row.length()).strip().split("\\s+") : new String[0];
                    if (columns.length >= 2 && columns[1].matches("[0-9]{1,18}")) {
                        long most = Math.min(Long.parseLong(columns[1]), name.equals("nproc") ? largestPid : MOST_FILES);
                        limits.put(name, new Ulimit(most, most));
                    }
                });
            }
        } catch (IOException e) {
            return Map.of(); // no /proc: Podman's own choice stands
        }
        return limits;
    }

    /// The same as a build takes them, `nofile=1024:1024`.
    static List<String> words() {
        return own().entrySet().stream()
                .map(limit -> limit.getKey() + "=" + limit.getValue().soft() + ":" + limit.getValue().hard())
                .toList();
    }
}
