package reeve.run.process;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import reeve.base.os.Controllers;
import reeve.base.os.Machine;
import reeve.base.os.ProcessLimit;
import reeve.base.os.Processes;

/// What the shim is asked to do; see the heads of `shim.pl` and `shim.sh`.
final class Request {
    private final Fields fields = new Fields();

    /// Whose the program's tree of mounts is: everybody's, its own, or that of a process.
    private String mounts = "shared";

    /// A start.
    static Request start(InstanceFolder folder, Records.Intent intent, Path log) {
        var request = new Request();
        request.fields.add("folder", folder.path().toString())
                .add("run", intent.run())
                .add("boot", intent.boot())
                .add("log", log.toAbsolutePath().toString());
        intent.cgroup().ifPresent(cgroup -> request.fields.add("cgroup", cgroup.toString()));
        Groundwork.memory(intent).map(Controllers::outOfMemoryFile) // says afterwards whether memory ran out
                .ifPresent(file -> request.fields.add("memory_events", file.toString()));
        return request;
    }

    /// A command that has the shim's own standard streams.
    static Request command() {
        return new Request();
    }

    /// cgroups that must be joined.
    Request joining(Collection<Path> cgroups) {
        cgroups.stream().distinct().forEach(cgroup -> fields.add("join", cgroup.toString()));
        return this;
    }

    /// The command's standard error goes where its output goes.
    Request merged() {
        fields.mark("merged");
        return this;
    }

    /// The command's streams are a terminal.
    Request onTerminal(Path device) {
        fields.add("terminal", device.toString());
        return this;
    }

    Request confined(Confined confined) {
        confined.addTo(fields);
        if (confined.ownMounts()) {
            mounts = "own";
        }
        return this;
    }

    /// With the mounts, user, groups, ulimits, mask and rights that a process has at this moment.
    Request as(long pid) {
        mounts = Long.toString(pid);
        if (!same(pid, "Uid") || !same(pid, "Gid") || !same(pid, "Groups")) {
            fields.add("uid", effective(pid, "Uid")).add("gid", effective(pid, "Gid")).add("groups", Processes.status(pid, "Groups"));
        }
        List<ProcessLimit> own = ProcessLimit.of(self());
        ProcessLimit.of(pid).stream().filter(limit -> !own.contains(limit)).forEach(limit -> fields.add("rlimit", Confined.line(limit)));
        fields.add("last_capability", Capabilities.last());
        String umask = Processes.status(pid, "Umask");
        if (!umask.isEmpty()) {
            fields.add("umask", umask);
        }
        if (!same(pid, "CapBnd")) {
            Capabilities.addTo(fields, "bounding", Capabilities.of(pid, "CapBnd"));
        }
        if (Capabilities.of(pid, "CapAmb") != 0) {
            Capabilities.addTo(fields, "ambient", Capabilities.of(pid, "CapAmb"));
        }
        if (Processes.status(pid, "NoNewPrivs").equals("1")) {
            fields.mark("no_new_privileges");
        }
        return this;
    }

    private static boolean same(long pid, String line) {
        return Processes.status(pid, line).equals(Processes.status(self(), line));
    }

    private static long self() {
        return ProcessHandle.current().pid();
    }

    /// Of real, effective, saved and file system: the effective one.
    private static String effective(long pid, String line) {
        String[] numbers = Processes.status(pid, line).split("\\s+");
        return numbers.length > 1 ? numbers[1] : Integer.toString(Machine.user()); // it is gone: joining its mounts will fail
    }

    /// @param environment all of it, with what is inherited
    Request running(Path program, List<String> command, Path workingDirectory, Map<String, String> environment) {
        fields.add("machine", System.getProperty("os.arch"));
        fields.add("program", program.toString()).add("directory", workingDirectory.toString());
        environment.forEach((name, value) -> fields.add("environment", name + "=" + value));
        command.forEach(argument -> fields.add("argument", argument));
        return this;
    }

    /// The text that goes to the shim.
    @Override
    public String toString() {
        return "mounts " + mounts + "\n" + fields + "go\n";
    }
}
