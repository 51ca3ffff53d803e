package reeve.run.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.os.Machine;
import reeve.base.os.ProcessLimit;
import reeve.base.os.Users;
import reeve.base.os.Users.User;
import reeve.model.Confinement;
import reeve.run.process.Preflight.Refused;

/// A service's confinement, with every name looked up: what the shim is told. All of it is done before the program runs, or the
/// start fails.
/// @param user    it runs as; empty for Reeve's own
/// @param groups  further ones of its; empty for Reeve's own
/// @param bounding capabilities that it can ever have; empty for as many as Reeve
/// @param ambient capabilities that it keeps although its user is not root
record Confined(
        Confinement declared,
        Optional<User> user,
        Optional<List<Integer>> groups,
        List<ProcessLimit> ulimits,
        OptionalLong bounding,
        OptionalLong ambient) {

    private static final int NO_SUID = 2;
    private static final int NO_DEVICES = 4;
    private static final Map<String, Integer> MOUNT_FLAGS = Map.of("ro", 1, "nosuid", NO_SUID, "nodev", NO_DEVICES, "noexec", 8);
    private static final Map<String, Integer> MOUNT_FLAGS_OFF = Map.of("rw", 1, "suid", NO_SUID, "dev", NO_DEVICES, "exec", 8);

    /// At the place of its number, as setrlimit(2) has it on x86-64 and arm64.
    private static final List<String> ULIMITS = List.of("cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock",
            "as", "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime");

    /// @throws Refused where a name is nobody's
    static Confined of(Confinement declared, OptionalLong processes) throws Refused {
        Optional<User> user = user(declared);
        int id = user.map(User::id).orElseGet(Machine::user);
        if (user.isPresent() && id != Machine.user() && Machine.user() != 0) {
            throw new Refused("cannot run as user " + declared.user().orElse("") + ": Reeve runs as user " + Machine.user()
                    + ", and only root may choose another");
        }
        boolean ambient = id != 0 && !declared.addCapabilities().isEmpty();
        return new Confined(
                declared,
                user,
                groups(declared, user),
                ulimits(declared, processes, id),
                declared.dropCapabilities().isEmpty() ? OptionalLong.empty()
                        : OptionalLong.of(Capabilities.bounding(declared.addCapabilities(), declared.dropCapabilities())),
                ambient ? OptionalLong.of(Capabilities.set(declared.addCapabilities())) : OptionalLong.empty());
    }

    private static Optional<User> user(Confinement declared) throws Refused {
        if (declared.user().isEmpty()) {
            return Optional.empty();
        }
        String[] parts = declared.user().get().split(":", 2);
        OptionalInt number = number(parts[0]);
        Optional<User> known = number.isPresent() ? Users.numbered(number.getAsInt()) : Users.named(parts[0]);
        if (known.isEmpty() && number.isEmpty()) {
            throw new Refused("cannot run as user " + parts[0] + ": there is no such user");
        }
        if (known.isEmpty() && parts.length == 1) {
            throw new Refused("cannot run as user " + parts[0] + ": no user has that number, so its group must be said too (user: "
                    + parts[0] + ":GROUP)");
        }
        User user = known.orElseGet(() -> new User(parts[0], number.getAsInt(), 0, "/"));
        return Optional.of(parts.length == 1 ? user : new User(user.name(), user.id(), group(parts[1]), user.home()));
    }

    private static int group(String name) throws Refused {
        OptionalInt number = number(name);
        OptionalInt group = number.isPresent() ? number : Users.group(name);
        return group.orElseThrow(() -> new Refused("cannot run with group " + name + ": there is no such group"));
    }

    private static OptionalInt number(String text) {
        return text.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    /// Those the user is a member of, unless its group is said, and the declared ones.
    private static Optional<List<Integer>> groups(Confinement declared, Optional<User> user) throws Refused {
        if (user.isEmpty() && declared.groups().isEmpty()) {
            return Optional.empty();
        }
        var groups = new ArrayList<Integer>();
        if (user.isPresent() && !declared.user().orElse("").contains(":")) {
            Arrays.stream(Users.groups(user.get())).forEach(groups::add);
        }
        for (String name : declared.groups()) {
            groups.add(group(name));
        }
        return Optional.of(groups.stream().distinct().toList());
    }

    private static List<ProcessLimit> ulimits(Confinement declared, OptionalLong processes, int user) throws Refused {
        var limits = new ArrayList<ProcessLimit>();
        if (processes.isPresent() && !declared.ulimits().containsKey("nproc")) {
            long most = Limits.withThoseOf(user, processes.getAsLong());
            limits.add(new ProcessLimit(ULIMITS.indexOf("nproc"), most, most));
        }
        for (var each : declared.ulimits().entrySet()) {
            int number = ULIMITS.indexOf(each.getKey());
            if (number < 0) {
                throw new Refused("cannot set ulimit " + each.getKey() + ": there is none of that name");
            }
            limits.add(new ProcessLimit(number, each.getValue().soft(), each.getValue().hard()));
        }
        return limits;
    }

    /// A line of the request.
    static String line(ProcessLimit limit) {
        return limit.number() + " " + ULIMITS.get(limit.number()) + " " + limit.soft() + " " + limit.hard();
    }

    /// Variables that tell a program who it runs as, where its launch does not.
    Map<String, String> environment() {
        return user.map(each -> Map.of("HOME", each.home(), "USER", each.name(), "LOGNAME", each.name())).orElse(Map.of());
    }

    /// Whether a path of this machine is hidden from the program by a temporary folder of its own.
    boolean hides(Path path) {
        return declared.temporary().keySet().stream().anyMatch(path::startsWith);
    }

    /// Whether it has a tree of mounts of its own.
    boolean ownMounts() {
        return declared.readOnly() || !declared.readOnlyPaths().isEmpty() || !declared.temporary().isEmpty();
    }

    void addTo(Fields fields) {
        user.ifPresent(each -> fields.add("uid", each.id()).add("gid", each.group()));
        groups.ifPresent(each -> fields.add("groups", each.stream().map(String::valueOf).collect(Collectors.joining(" "))));
        ulimits.forEach(limit -> fields.add("rlimit", line(limit)));
        declared.umask().ifPresent(umask -> fields.add("umask", Integer.toOctalString(umask)));
        fields.add("last_capability", Capabilities.last());
        bounding.ifPresent(set -> Capabilities.addTo(fields, "bounding", set));
        ambient.ifPresent(set -> Capabilities.addTo(fields, "ambient", set));
        if (declared.noNewPrivileges()) {
            fields.mark("no_new_privileges");
        }
        if (ownMounts()) {
            declared.readOnlyPaths().forEach(path -> fields.add("read_only_path", path.toString()));
            declared.writable().forEach(path -> fields.add("writable", path.toString()));
            declared.temporary().forEach((path, options) -> fields.add("temporary", temporary(path, options)));
        }
        if (declared.readOnly()) {
            fields.mark("read_only");
        }
    }

    /// `FLAGS DATA OPTIONS PATH`: flags and data for who calls the kernel, options for mount(8).
    private static String temporary(String path, String options) {
        int flags = NO_SUID | NO_DEVICES;
        var data = new ArrayList<String>();
        List<String> words = Stream.of(options.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
        for (String word : words) {
            if (MOUNT_FLAGS.containsKey(word)) {
                flags |= MOUNT_FLAGS.get(word);
            } else if (MOUNT_FLAGS_OFF.containsKey(word)) {
                flags &= ~MOUNT_FLAGS_OFF.get(word);
            } else {
                data.add(word);
            }
        }
        if (data.stream().noneMatch(word -> word.startsWith("mode="))) {
            data.add("mode=1777");
        }
        String all = Stream.concat(Stream.of("nosuid", "nodev", "mode=1777"), words.stream()).collect(Collectors.joining(","));
        return flags + " " + String.join(",", data) + " " + all + " " + path;
    }
}
