package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// The cgroup whose memory is bounded together with a container's: what tells that the kernel killed in it for want of memory.
/// A container's monitor is often too late to see that, since the group goes with its last process. Any thread; nothing waits.
/// @param file with the count: `memory.events` (cgroup v2), `memory.oom_control` (v1)
record MemoryGroup(Path file) {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Pattern KILLED = Pattern.compile("(?m)^oom_kill [1-9]");

    /// @return empty where that process is gone, or no group bounds its memory
    static Optional<MemoryGroup> of(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup"))) {
                String[] parts = line.split(":", 3);
                if (parts[1].equals("memory")) {
                    return there(ROOT.resolve("memory" + parts[2]).resolve("memory.oom_control"));
                }
                if (parts[0].equals("0")) { // the last line, also where memory is bounded by v1
                    return there(ROOT.resolve(parts[2].substring(1)).resolve("memory.events"));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it is gone
        }
    }

    private static Optional<MemoryGroup> there(Path file) {
        return Files.exists(file) ? Optional.of(new MemoryGroup(file)) : Optional.empty();
    }

    /// Whether the kernel killed a process of it; false where the group is gone.
    boolean killed() {
        try {
            return KILLED.matcher(Files.readString(file)).find();
        } catch (IOException e) {
            return false; // the group is gone
        }
    }
}
