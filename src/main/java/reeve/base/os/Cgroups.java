package reeve.base.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.base.Patience;

/// Where this process may make cgroups whose members it can freeze.
///
/// Each program gets `ROOT/reeve/NAME`. `ROOT` is the top of the hierarchy, so that a service manager that tidies Reeve's own
/// cgroup leaves the programs alone, or else Reeve's own cgroup (a delegated one, or a container's). cgroup v2 is taken
/// before the v1 freezer: its frozen members can be killed.
public final class Cgroups {
    private static final String PARENT = "reeve";
    private static final int TRIES = 5;

    private final List<Path> parents;

    private Cgroups(List<Path> parents) {
        this.parents = List.copyOf(parents);
    }

    /// Looks where cgroups can be made, by making one.
    public static Cgroups find() {
        return within(candidates());
    }

    /// None: programs are kept together by their session.
    public static Cgroups none() {
        return new Cgroups(List.of());
    }

    /// @param roots folders to try, best first
    public static Cgroups within(List<Path> roots) {
        for (Path root : roots) {
            var one = new Cgroups(List.of(root.resolve(PARENT)));
            Optional<Path> made = one.make("probe-" + Machine.newName());
            if (made.isPresent()) {
                boolean freezable = isUnified(made.get()) || exists(made.get().resolve("freezer.state"));
                remove(made.get());
                if (freezable) {
                    return one;
                }
            }
        }
        return none();
    }

    /// What `reeve check` says about it: the folder, or empty where there is none.
    public Optional<Path> parent() {
        return parents.stream().findFirst();
    }

    /// Makes a cgroup; a program joins it by writing its pid to the folder's `cgroup.procs`.
    /// @return empty where no cgroup can be made
    public Optional<Path> make(String name) {
        for (Path parent : parents) {
            for (int i = 0; i < TRIES; i++) {
                try {
                    Files.createDirectories(parent);
                    return Optional.of(Files.createDirectory(parent.resolve(name)));
                } catch (NoSuchFileException e) {
                    continue; // another Reeve removed the parent, which was empty just then
                } catch (IOException e) {
                    break; // not writable
                }
            }
        }
        return Optional.empty();
    }

    static boolean isUnified(Path folder) {
        return exists(folder.resolve("cgroup.freeze"));
    }

    static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /// Empty where the folder is gone.
    static List<Long> members(Path folder) {
        return read(folder.resolve("cgroup.procs")).lines().filter(line -> !line.equals("0")).map(Long::valueOf).toList();
    }

    /// Empty where there is no such file.
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // the folder is gone, and its members with it
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new OsException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /// Writes unless the folder is gone, or goes away meanwhile: then it has no members.
    static void writeIfThere(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.WRITE);
        } catch (IOException e) {
            if (!Patience.shortly(() -> !exists(file))) {
                throw new OsException("cannot write " + file + ": " + e.getMessage(), e);
            }
        }
    }

    static boolean killMembers(Path folder) {
        return Patience.shortly(() -> {
            List<Long> members = members(folder);
            members.forEach(pid -> Processes.signalNow(pid, Processes.SIGKILL));
            return members.isEmpty();
        });
    }

    /// Removes an empty cgroup, and the parent folder when that was the last.
    static void remove(Path folder) {
        Patience.shortly(() -> {
            try {
                Files.deleteIfExists(folder);
                return true;
            } catch (IOException e) {
                return !members(folder).isEmpty(); // busy: members that are gone may still be leaving
            }
        });
        try {
            Files.deleteIfExists(folder.toAbsolutePath().getParent());
        } catch (IOException e) {
            // others are in it
        }
    }

    /// The top of each freezing hierarchy, then this process's own place in it.
    private static List<Path> candidates() {
        String own = String.join("\n", Processes.cgroups("self"));
        var unified = new ArrayList<Path>();
        var freezer = new ArrayList<Path>();
        for (String line : read(Path.of("/proc/self/mountinfo")).split("\n")) {
            String[] halves = line.split(" - ", 2); // proc_pid_mountinfo(5)
            if (halves.length != 2) {
                continue;
            }
            Path mount = Path.of(halves[0].split(" ")[4]);
            if (halves[1].startsWith("cgroup2 ")) {
                addBoth(unified, mount, ownPath(own, "0::"));
            } else if (halves[1].startsWith("cgroup ") && List.of(halves[1].split("[ ,]")).contains("freezer")) {
                addBoth(freezer, mount, ownPath(own, "freezer:"));
            }
        }
        unified.addAll(freezer);
        return unified;
    }

    private static void addBoth(List<Path> roots, Path mount, String own) {
        roots.add(mount);
        if (!own.isEmpty()) {
            roots.add(mount.resolve(own));
        }
    }

    /// The path, without its leading slash, in the line of a hierarchy: `0::/a/b` or `6:freezer:/a/b`.
    private static String ownPath(String lines, String hierarchy) {
        return lines.lines()
                .filter(line -> line.startsWith(hierarchy) || line.contains(":" + hierarchy) || line.contains("," + hierarchy))
                .map(line -> line.substring(line.indexOf(":/") + 2))
                .findFirst()
                .orElse("");
    }
}
