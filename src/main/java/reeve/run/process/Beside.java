package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import reeve.base.command.Conversation;
import reeve.base.os.OsException;
import reeve.base.os.Processes;
import reeve.base.os.PseudoTerminal;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.run.process.Records.Identity;

/// Commands beside a program that runs: with its environment, working directory, user and mounts, in its cgroups, so within its
/// limits, and ended with it. What the program may not do the command may not either.
/// @param inherited where the program wrote over its own environment, this is what the command gets instead
record Beside(InstanceId id, Identity identity, Map<String, String> inherited) {
    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Conversation open(Interaction what) {
        Map<String, String> environment = environment(what.environment());
        try {
            Path directory = Files.readSymbolicLink(proc("cwd"));
            List<String> words = words(what.command(), environment, directory);
            Optional<PseudoTerminal> terminal = what.terminal().map(size -> PseudoTerminal.open(size.rows(), size.columns()));
            Path there = Files.isDirectory(directory) ? directory : Path.of("/");
            return Conversation.begin(words, environment, there, terminal, () -> {});
        } catch (IOException | OsException | Preflight.Refused e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command in " + id + ": " + e.getMessage(), e);
        }
    }

    Map<String, String> environment(Map<String, String> more) {
        Map<String, String> own = Processes.environment(identity.pid());
        var environment = new HashMap<>(own.containsKey(Records.COOKIE) ? own : inherited);
        environment.put(Records.COOKIE, identity.run()); // with it what the command leaves behind is found
        environment.put("REEVE_INSTANCE", id.toString());
        environment.putAll(more);
        return environment;
    }

    private List<String> words(List<String> command, Map<String, String> environment, Path directory)
            throws Preflight.Refused, IOException {
        boolean ownMounts = Processes.hasOwnMounts(identity.pid());
        var words = new ArrayList<>(join());
        if (ownMounts) {
            String pid = String.valueOf(identity.pid());
            words.addAll(List.of(Joining.tool("nsenter"), "--target", pid, "--mount", "--wd=" + proc("cwd"), "--"));
        } else {
            Preflight.program(command.getFirst(), environment.getOrDefault("PATH", ""), directory);
        }
        words.addAll(become());
        words.addAll(command);
        return words;
    }

    private List<String> join() {
        return Joining.words(Processes.cgroupsNamed(identity.pid(), identity.run()));
    }

    /// The program's user and what it may do, where that is less than Reeve's.
    private List<String> become() throws IOException {
        String pid = String.valueOf(identity.pid());
        var words = new ArrayList<String>();
        if (!status(pid, "Uid").equals(status("self", "Uid")) || !status(pid, "Gid").equals(status("self", "Gid"))) {
            String groups = status(pid, "Groups").strip().replace(' ', ',');
            words.addAll(List.of("--reuid", second(status(pid, "Uid")), "--regid", second(status(pid, "Gid"))));
            words.addAll(groups.isEmpty() ? List.of("--clear-groups") : List.of("--groups", groups));
        }
        if (status(pid, "NoNewPrivs").equals("1")) {
            words.add("--no-new-privs");
        }
        long lacking = capabilities("self") & ~capabilities(pid);
        if (lacking != 0) {
            words.add("--bounding-set");
            words.add(String.join(",", IntStream.range(0, Long.SIZE).filter(bit -> (lacking >> bit & 1) != 0).mapToObj(bit -> "-cap_" + bit)
                    .toList()));
        }
        if (words.isEmpty()) {
            return words;
        }
        words.addFirst(Joining.tool("setpriv"));
        words.add("--");
        return words;
    }

    private static String status(String pid, String key) {
        return Processes.status(pid, key);
    }

    /// Of real, effective, saved and file system: the effective one.
    private static String second(String ids) {
        return ids.split(" +")[1];
    }

    private static long capabilities(String pid) {
        String mask = status(pid, "CapBnd");
        return mask.isEmpty() ? 0 : Long.parseUnsignedLong(mask, 16);
    }

    private Path proc(String name) {
        return Path.of("/proc", String.valueOf(identity.pid()), name);
    }
}
