package reeve.run.process;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import reeve.base.os.Machine;
import reeve.base.os.Processes;

/// What the shim is asked to do; see the heads of `shim.pl` and `shim.sh`.
final class Request {
    private final Fields fields = new Fields();

    /// A start.
    static Request start(InstanceFolder folder, Records.Intent intent, Path log) {
        var request = new Request();
        request.fields.add("folder", folder.path().toString())
                .add("run", intent.run())
                .add("boot", intent.boot())
                .add("log", log.toAbsolutePath().toString());
        intent.cgroup().ifPresent(cgroup -> request.fields.add("cgroup", cgroup.toString()));
        return request;
    }

    /// A command in the place of a program that runs.
    static Request beside(long pid) {
        var request = new Request();
        request.fields.add("beside", pid);
        return request;
    }

    /// cgroups that must be joined.
    Request joining(Collection<Path> cgroups) {
        cgroups.stream().distinct().forEach(cgroup -> fields.add("join", cgroup.toString()));
        return this;
    }

    /// The file that says afterwards whether memory ran out.
    Request countingKills(Path file) {
        fields.add("memory_events", file.toString());
        return this;
    }

    Request confined(Confined confined) {
        confined.addTo(fields);
        return this;
    }

    /// With the user, groups, mask and rights of a process.
    Request as(long pid) {
        String[] users = Processes.status(pid, "Uid").split("\\s+");
        String[] groups = Processes.status(pid, "Gid").split("\\s+");
        if (users.length > 1 && !users[1].equals(Integer.toString(Machine.user()))) { // the second is the effective one
            fields.add("uid", users[1]).add("gid", groups[1]).add("groups", Processes.status(pid, "Groups").strip());
        }
        fields.add("last_capability", Capabilities.last());
        String umask = Processes.status(pid, "Umask");
        if (!umask.isEmpty()) {
            fields.add("umask", umask);
        }
        if (!Processes.status(pid, "CapBnd").equals(Processes.status(ProcessHandle.current().pid(), "CapBnd"))) {
            addSet("bounding", Processes.status(pid, "CapBnd"));
        }
        addSet("ambient", Processes.status(pid, "CapAmb"));
        if (Processes.status(pid, "NoNewPrivs").equals("1")) {
            fields.mark("no_new_privileges");
        }
        return this;
    }

    private void addSet(String name, String hexadecimal) {
        long set = hexadecimal.isEmpty() ? 0 : Long.parseUnsignedLong(hexadecimal, 16);
        if (set != 0 || name.equals("bounding")) {
            fields.add(name, set).add(name + "_names", Capabilities.words(set));
        }
    }

    /// @param environment all of it, with what is inherited
    /// @return the text
    String running(Path program, List<String> command, Path workingDirectory, Map<String, String> environment) {
        fields.add("machine", System.getProperty("os.arch"));
        fields.add("program", program.toString()).add("directory", workingDirectory.toString());
        environment.forEach((name, value) -> fields.add("environment", name + "=" + value));
        command.forEach(argument -> fields.add("argument", argument));
        return fields.mark("go").toString();
    }
}
