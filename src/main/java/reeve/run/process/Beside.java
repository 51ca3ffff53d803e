package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reeve.base.Session;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.base.os.Processes;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.run.process.Preflight.Refused;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;
import reeve.run.supervise.Driver.Executed;

/// Commands beside a program that runs: in its place, ended with it, and allowed no more than it is. What it has of environment,
/// folder, user, rights, ulimits and mounts is read from `/proc`, so that it is the same for an adopted one.
/// @param inherited where the program wrote over its own environment, a command gets this instead
record Beside(Shim shim, Map<String, String> inherited, InstanceId id, Intent intent, Identity identity) {
    private static final Path ROOT = Path.of("/");

    /// Waits until it has ended, or has been killed because it took too long.
    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Executed run(List<String> command, Duration timeout, int output) {
        String mark = Machine.newName();
        try {
            Request request = request(command, Map.of(Errand.MARK, mark)).merged();
            return new Errand(shim.command(intent.run(), request, timeout), mark).end(timeout, output);
        } catch (IOException | OsException | Refused e) {
            throw failed(e);
        }
    }

    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Session open(Interaction what) {
        try {
            return shim.talk(intent.run(), request(what.command(), what.environment()), what.terminal(), () -> {});
        } catch (IOException | OsException | Refused e) {
            throw failed(e);
        }
    }

    private Failure failed(Exception e) {
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command in " + id + ": " + e.getMessage(), e);
    }

    private Request request(List<String> command, Map<String, String> more) throws IOException, Refused {
        long pid = identity.pid();
        Preflight.words(command, more, shim.anyName());
        var environment = new HashMap<>(environment());
        environment.putAll(more);
        Path root = Processes.hasOwnMounts(pid) ? proc("root") : ROOT;
        Path left = Files.readSymbolicLink(proc("cwd"));
        Path directory = Files.isDirectory(Preflight.within(root, left)) ? left : ROOT; // it may have been removed
        Path program = Preflight.program(root, command.getFirst(), environment.getOrDefault("PATH", ""), directory);
        return Request.command()
                .joining(intent.limits().values())
                .joining(identity.cgroup().stream().toList())
                .as(pid)
                .running(program, command, directory, environment);
    }

    private Map<String, String> environment() {
        Map<String, String> own = Processes.environment(identity.pid());
        var environment = new HashMap<>(own.containsKey(Records.COOKIE) ? own : inherited);
        environment.put(Records.COOKIE, identity.run()); // with it what the command leaves behind is found
        environment.put(Records.INSTANCE, id.toString());
        return environment;
    }

    private Path proc(String name) {
        return Path.of("/proc", Long.toString(identity.pid()), name);
    }
}
