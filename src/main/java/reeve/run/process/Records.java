package reeve.run.process;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import reeve.base.os.Limit;
import reeve.base.os.ProcessSet;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.LogRotation;
import reeve.run.supervise.Driver.Output;

/// What is on disk about a run of an instance.
final class Records {
    /// The name in the environment of a program, its shim and whatever they start, that says which run they belong to.
    static final String COOKIE = "REEVE_COOKIE";

    /// The name in it that says which instance they belong to.
    static final String INSTANCE = "REEVE_INSTANCE";

    private static final int KILL = 9;
    private static final int SHELL_SAW_SIGNALS = 128;

    private Records() {}

    /// Written by Reeve before the shim is spawned.
    /// @param run    unique; at the same time the cookie
    /// @param boot   of the machine, at that time
    /// @param spec   digest of the declaration
    /// @param cgroup made for the run
    /// @param limits cgroups made for it that limit what it uses
    /// @param belongings made for it where it has secrets or notifies
    /// @param notifies whether it is listened to
    /// @param output where it goes; empty where an older Reeve wrote this
    record Intent(String run, String boot, String spec, Optional<Path> cgroup, Map<Limit, Path> limits, Optional<Output> output,
            Optional<Belongings> belongings, boolean notifies) {
        String text() {
            var fields = new Fields().add("run", run).add("boot", boot).add("spec", spec);
            cgroup.ifPresent(folder -> fields.add("cgroup", folder.toString()));
            limits.forEach((limit, folder) -> fields.add("limit_" + limit.controller(), folder.toString()));
            belongings.ifPresent(folder -> fields.add("belongings", folder.path().toString()));
            if (notifies) {
                fields.mark("notifies");
            }
            output.ifPresent(kept -> fields.add("log", kept.log().toAbsolutePath().toString())
                    .add("log_size", kept.rotation().size())
                    .add("log_files", kept.rotation().files())
                    .add("log_age", kept.rotation().age().toString()));
            return fields.toString();
        }

        static Optional<Intent> parse(String text) {
            Map<String, String> fields = Fields.read(text);
            if (!fields.containsKey("run") || !fields.containsKey("boot") || !fields.containsKey("spec")) {
                return Optional.empty();
            }
            return Optional.of(new Intent(
                    fields.get("run"), fields.get("boot"), fields.get("spec"), Optional.ofNullable(fields.get("cgroup")).map(Path::of),
                    limits(fields), output(fields),
                    Optional.ofNullable(fields.get("belongings")).map(path -> new Belongings(Path.of(path))),
                    fields.containsKey("notifies")));
        }

        private static Map<Limit, Path> limits(Map<String, String> fields) {
            var limits = new EnumMap<Limit, Path>(Limit.class);
            for (Limit limit : Limit.values()) {
                Optional.ofNullable(fields.get("limit_" + limit.controller())).ifPresent(folder -> limits.put(limit, Path.of(folder)));
            }
            return limits;
        }

        private static Optional<Output> output(Map<String, String> fields) {
            try {
                return Optional.ofNullable(fields.get("log")).map(log -> new Output(Path.of(log), new LogRotation(
                        Long.parseLong(fields.getOrDefault("log_size", "")),
                        Integer.parseInt(fields.getOrDefault("log_files", "")),
                        Duration.parse(fields.getOrDefault("log_age", "")))));
            } catch (IllegalArgumentException | DateTimeParseException e) {
                return Optional.empty(); // not what we write
            }
        }
    }

    /// Written by the shim's child in the instant before it becomes the program.
    /// @param startTicks     of the program
    /// @param shimStartTicks of the shim
    /// @param cgroup         that the program joined
    record Identity(String run, String boot, long pid, long startTicks, long shim, long shimStartTicks, Optional<Path> cgroup) {

        static Optional<Identity> parse(String text) {
            Map<String, String> fields = Fields.read(text);
            try {
                return Optional.of(new Identity(
                        fields.getOrDefault("run", ""),
                        fields.getOrDefault("boot", ""),
                        Long.parseLong(fields.getOrDefault("pid", "")),
                        Long.parseLong(fields.getOrDefault("start", "")),
                        Long.parseLong(fields.getOrDefault("shim", "")),
                        Long.parseLong(fields.getOrDefault("shim_start", "")),
                        Optional.ofNullable(fields.get("cgroup")).map(Path::of)));
            } catch (NumberFormatException e) {
                return Optional.empty(); // not what our shim writes
            }
        }

        /// Whether this run's program is alive: the boot, the pid, its start time and the cookie match.
        ///
        /// The cookie is looked for in the program's environment, in that of the shim if that is its parent, and in the name of
        /// its cgroup: programs that change their title (redis, postgres) overwrite their environment.
        boolean alive(String currentBoot) {
            return boot.equals(currentBoot) && Processes.alive(pid, startTicks) && hasCookie();
        }

        private boolean hasCookie() {
            return Processes.startedWith(pid, COOKIE + "=" + run) || shimIsItsParent() || Processes.inCgroupNamed(pid, run);
        }

        private boolean shimIsItsParent() {
            return Processes.facts(pid).filter(facts -> facts.parent() == shim).isPresent()
                    && Processes.alive(shim, shimStartTicks)
                    && Processes.startedWith(shim, COOKIE + "=" + run);
        }

        ProcessSet processes() {
            return cgroup.map(ProcessSet::ofCgroup).orElseGet(() -> ProcessSet.ofSession(pid));
        }
    }

    /// How a run ended, as its shim wrote it.
    /// @return empty where the text is of another run, or not whole
    static Optional<Exit> end(String text, String run) {
        Map<String, String> fields = Fields.read(text);
        if (!run.equals(fields.get("run"))) {
            return Optional.empty();
        }
        try {
            Exit exit = exit(fields);
            boolean killed = exit.equals(new Exit.Signalled(KILL)) || exit.equals(new Exit.Code(SHELL_SAW_SIGNALS + KILL));
            return Optional.of(killed && fields.containsKey("oom_kill") ? new Exit.OutOfMemory() : exit);
        } catch (NumberFormatException e) {
            return Optional.empty(); // a power cut may leave half a file
        }
    }

    private static Exit exit(Map<String, String> fields) {
        return fields.containsKey("code")
                ? new Exit.Code(Integer.parseInt(fields.get("code")))
                : new Exit.Signalled(Integer.parseInt(fields.getOrDefault("signal", "")));
    }
}
