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
import java.util.function.BiConsumer;
import reeve.base.Patience;

/// Where this process may make cgroups whose members it can freeze.
///
/// Each program gets `ROOT/reeve/NAME`. `ROOT` is the top of the hierarchy, so that a service manager that tidies Reeve's own
/// cgroup leaves the programs alone, or else Reeve's own cgroup (a delegated one, or a container's). cgroup v2 is taken
/// before the v1 freezer: its frozen members can be killed.
public final class Cgroups {
    static final String PARENT = "reeve";
    private static final int TRIES = 5;

    private final Optional<Path> parent;

    private Cgroups(Optional<Path> parent) {
        this.parent = parent;
    }

    /// Looks where cgroups can be made, by making one.
    public static Cgroups find() {
        return within(candidates());
    }

    /// None: programs are kept together by their session.
    public static Cgroups none() {
        return new Cgroups(Optional.empty());
    }

    /// @param roots folders to try, best first
    public static Cgroups within(List<Path> roots) {
        for (Path root : roots) {
            var one = new Cgroups(Optional.of(root.resolve(PARENT)));
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
        return parent;
    }

    /// Makes a cgroup; a program joins it by writing its pid to the folder's `cgroup.procs`.
    /// @return empty where no cgroup can be made
    public Optional<Path> make(String name) {
        if (parent.isEmpty()) {
            return Optional.empty();
        }
        try {
            makeFolder(parent.get().resolve(name));
            return Optional.of(parent.get().resolve(name));
        } catch (IOException e) {
            return Optional.empty(); // not writable
        }
    }

    /// Makes a cgroup unless it is there, and the folder it is in.
    static void makeFolder(Path folder) throws IOException {
        for (int i = 1; !exists(folder); i++) {
            try {
                Files.createDirectories(folder.toAbsolutePath().getParent());
                Files.createDirectory(folder);
            } catch (NoSuchFileException e) { // another Reeve removed the parent, which was empty just then
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }

    /// Where cgroups can be made in the v1 hierarchy of a controller.
    /// @param file that each of them has
    static Optional<Path> separate(String controller, String file) {
        var roots = new ArrayList<Path>();
        forEachMount((mount, kind) -> {
            if (kind.startsWith("cgroup ") && List.of(kind.split("[ ,]")).contains(controller)) {
                addBoth(roots, mount, ownPath(String.join("\n", Processes.cgroups("self")), controller));
            }
        });
        for (Path root : roots) {
            Optional<Path> made = new Cgroups(Optional.of(root.resolve(PARENT))).make("probe-" + Machine.newName());
            boolean fits = made.filter(folder -> exists(folder.resolve(file))).isPresent();
            made.ifPresent(Cgroups::remove);
            if (fits) {
                return Optional.of(root.resolve(PARENT));
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
        forEachMount((mount, kind) -> {
            if (kind.startsWith("cgroup2 ")) {
                addBoth(unified, mount, ownPath(own, ""));
            } else if (kind.startsWith("cgroup ") && List.of(kind.split("[ ,]")).contains("freezer")) {
                addBoth(freezer, mount, ownPath(own, "freezer"));
            }
        });
        unified.addAll(freezer);
        return unified;
    }

    /// @param taken a mount's place, and its kind, source and options
    private static void forEachMount(BiConsumer<Path, String> taken) {
        for (String line : read(Path.of("/proc/self/mountinfo")).split("\n")) {
            String[] halves = line.split(" - ", 2); // proc_pid_mountinfo(5)
            if (halves.length == 2) {
                taken.accept(Path.of(halves[0].split(" ")[4]), halves[1]);
            }
        }
    }

    private static void addBoth(List<Path> roots, Path mount, String own) {
        roots.add(mount);
        if (!own.isEmpty()) {
            roots.add(mount.resolve(own));
        }
    }

    /// The path, without its leading slash, in the line of a hierarchy: `0::/a/b` or `6:cpu,cpuacct:/a/b`.
    /// @param controller one of the hierarchy; empty for v2
    private static String ownPath(String lines, String controller) {
        return lines.lines()
                .map(line -> line.split(":", 3))
                .filter(line -> line.length == 3 && List.of(line[1].split(",", -1)).contains(controller))
                .map(line -> line[2].substring(1))
                .findFirst()
                .orElse("");
    }
}
