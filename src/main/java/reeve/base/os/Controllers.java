package reeve.base.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Where this process may limit memory, processors and processes of a cgroup: in the cgroup v2 that [Cgroups] makes, where
/// controllers can be enabled for it, else in a cgroup of the same name in the v1 hierarchy of each controller.
///
/// A v2 cgroup whose controllers are enabled for its children may have no processes of its own, but for the topmost. Where
/// `ROOT` is this process's own cgroup, its members move to `ROOT/reeve-itself` first.
public final class Controllers {
    private static final String ITSELF = "reeve-itself";
    private static final long CPU_PERIOD_MICROS = 100_000;

    private final Map<Limit, Path> parents;
    private final Optional<Path> unified;

    private Controllers(Map<Limit, Path> parents, Optional<Path> unified) {
        this.parents = Map.copyOf(parents);
        this.unified = unified;
    }

    /// @param cgroups where cgroups are made
    public static Controllers find(Cgroups cgroups) {
        var parents = new EnumMap<Limit, Path>(Limit.class);
        Optional<Path> unified = cgroups.parent().filter(parent -> Cgroups.exists(parent.resolveSibling("cgroup.controllers")));
        unified.ifPresent(parent -> enable(parent.toAbsolutePath().getParent()).forEach(limit -> parents.put(limit, parent)));
        for (Limit limit : Limit.values()) {
            if (!parents.containsKey(limit)) {
                Cgroups.separate(limit.controller(), limit.separateFile()).ifPresent(parent -> parents.put(limit, parent));
            }
        }
        return new Controllers(parents, unified.filter(parents::containsValue));
    }

    /// Nothing can be limited.
    public static Controllers none() {
        return new Controllers(Map.of(), Optional.empty());
    }

    /// What can be limited.
    public Set<Limit> available() {
        return parents.keySet();
    }

    /// The folders in which limits are set for a cgroup of this name; the same for several in cgroup v2.
    public Map<Limit, Path> folders(String name, Set<Limit> limits) {
        var folders = new EnumMap<Limit, Path>(Limit.class);
        limits.forEach(limit -> Optional.ofNullable(parents.get(limit)).ifPresent(parent -> folders.put(limit, parent.resolve(name))));
        return folders;
    }

    /// Makes the folders, where they are missing, and sets limits.
    /// @param values bytes, millionths of a processor, processes
    public void set(Map<Limit, Path> folders, Map<Limit, Long> values) {
        unified.ifPresent(Controllers::enableFor);
        folders.forEach((limit, folder) -> {
            try {
                Cgroups.makeFolder(folder);
            } catch (IOException e) {
                throw new OsException("cannot make cgroup " + folder + ": " + e.getMessage(), e);
            }
            set(limit, folder, values.get(limit));
        });
    }

    private static void set(Limit limit, Path folder, long value) {
        boolean isUnified = Cgroups.isUnified(folder);
        switch (limit) {
            case MEMORY -> {
                Cgroups.write(folder.resolve(isUnified ? limit.unifiedFile() : limit.separateFile()), Long.toString(value));
                Path swap = folder.resolve(isUnified ? "memory.swap.max" : "memory.memsw.limit_in_bytes"); // v1: with memory
                if (Cgroups.exists(swap)) { // only where swap is counted
                    Cgroups.write(swap, isUnified ? "0" : Long.toString(value));
                }
            }
            case CPU -> {
                long quota = Math.max(1000, value * CPU_PERIOD_MICROS / 1_000_000);
                if (isUnified) {
                    Cgroups.write(folder.resolve(limit.unifiedFile()), quota + " " + CPU_PERIOD_MICROS);
                } else {
                    Cgroups.write(folder.resolve("cpu.cfs_period_us"), Long.toString(CPU_PERIOD_MICROS));
                    Cgroups.write(folder.resolve(limit.separateFile()), Long.toString(quota));
                }
            }
            case PROCESSES -> Cgroups.write(folder.resolve(limit.separateFile()), Long.toString(value));
        }
    }

    /// Kills what is left in a folder; for what the freezing cgroup of the same run does not hold.
    /// @return whether nothing is left
    public static boolean killMembers(Path folder) {
        return Cgroups.killMembers(folder);
    }

    /// Removes a folder that nothing runs in.
    public static void remove(Path folder) {
        Cgroups.remove(folder);
    }

    /// The file in which a line `oom_kill N` counts the members that were killed because memory ran out.
    public static Path outOfMemoryFile(Path folder) {
        return folder.resolve(Cgroups.isUnified(folder) ? "memory.events" : "memory.oom_control");
    }

    /// Whether a member was killed because memory ran out.
    public static boolean ranOutOfMemory(Path folder) {
        return Cgroups.read(outOfMemoryFile(folder)).lines().anyMatch(line -> line.matches("oom_kill [1-9].*"));
    }

    /// Memory that members of a cgroup use, without what the kernel would give up at once; empty where nothing counts it.
    public static OptionalLong memory(Path folder) {
        boolean isUnified = Cgroups.isUnified(folder);
        OptionalLong used = number(Cgroups.read(folder.resolve(isUnified ? "memory.current" : "memory.usage_in_bytes")));
        String statistics = Cgroups.read(folder.resolve("memory.stat"));
        long cache = field(statistics, isUnified ? "inactive_file" : "total_inactive_file").orElse(0);
        return used.isEmpty() ? used : OptionalLong.of(Math.max(0, used.getAsLong() - cache));
    }

    /// Microseconds of processor time that a v2 cgroup used; empty for v1.
    public static OptionalLong cpuMicros(Path folder) {
        return field(Cgroups.read(folder.resolve("cpu.stat")), "usage_usec");
    }

    private static OptionalLong field(String text, String key) {
        return text.lines().filter(line -> line.startsWith(key + " ")).mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                .findFirst();
    }

    private static OptionalLong number(String text) {
        return text.isBlank() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.strip()));
    }

    /// Enables what it can for the children of a v2 cgroup and theirs.
    static List<Limit> enable(Path root) {
        List<Limit> there = offered(root).stream().filter(limit -> enabled(root, limit) || enable(root, limit)).toList();
        Path parent = root.resolve(Cgroups.PARENT);
        if (there.isEmpty() || !probe(parent)) {
            return List.of();
        }
        return there;
    }

    /// Whether limits can be set for cgroups in a folder; removes it again where it was empty.
    private static boolean probe(Path parent) {
        Path probe = parent.resolve("probe-" + Machine.newName());
        try {
            Cgroups.makeFolder(probe);
            enableFor(parent);
            return offered(parent).stream().allMatch(limit -> Cgroups.exists(probe.resolve(limit.unifiedFile())));
        } catch (IOException | OsException e) {
            return false; // not delegated to us
        } finally {
            Cgroups.remove(probe);
        }
    }

    /// Enables for the cgroups in a folder of ours what is enabled for itself. The folder may have been made anew meanwhile.
    private static void enableFor(Path parent) {
        for (Limit limit : offered(parent)) {
            if (!enabled(parent, limit)) {
                Cgroups.write(parent.resolve("cgroup.subtree_control"), "+" + limit.controller());
            }
        }
    }

    static List<Limit> offered(Path folder) {
        List<String> names = List.of(Cgroups.read(folder.resolve("cgroup.controllers")).strip().split(" "));
        return List.of(Limit.values()).stream().filter(limit -> names.contains(limit.controller())).toList();
    }

    private static boolean enabled(Path folder, Limit limit) {
        return List.of(Cgroups.read(folder.resolve("cgroup.subtree_control")).strip().split(" ")).contains(limit.controller());
    }

    private static boolean enable(Path root, Limit limit) {
        Path control = root.resolve("cgroup.subtree_control");
        try {
            Files.writeString(control, "+" + limit.controller());
            return true;
        } catch (IOException e) {
            if (!Cgroups.members(root).contains(ProcessHandle.current().pid()) || !makeRoom(root)) {
                return false;
            }
        }
        try {
            Files.writeString(control, "+" + limit.controller());
            return true;
        } catch (IOException e) {
            return false; // a process that was started meanwhile, or a controller that cannot be had
        }
    }

    /// Moves the members of this process's own cgroup one further down.
    private static boolean makeRoom(Path root) {
        try {
            Path itself = root.resolve(ITSELF);
            Cgroups.makeFolder(itself);
            for (long pid : Cgroups.members(root)) {
                Files.writeString(itself.resolve("cgroup.procs"), Long.toString(pid));
            }
            return true;
        } catch (IOException e) {
            return false; // not delegated to us
        }
    }
}
