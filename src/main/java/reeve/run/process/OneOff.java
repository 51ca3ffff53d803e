package reeve.run.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Session;
import reeve.base.command.Conversation;
import reeve.base.os.Cgroups;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.base.os.ProcessSet;
import reeve.base.os.Processes;
import reeve.base.os.PseudoTerminal;
import reeve.model.Confinement;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Work;

/// Commands that are nobody's instance. Each has a folder `once/NAME` for the time of its life, with its secrets; by that name a
/// later Reeve finds what is left of those that were cut off, and ends it.
final class OneOff {
    private static final Logger LOG = LoggerFactory.getLogger(OneOff.class);

    private final Path folders;
    private final Map<String, String> inherited;
    private final Cgroups cgroups;

    OneOff(Path state, Map<String, String> inherited, Cgroups cgroups) {
        this.folders = state.resolve("once");
        this.inherited = inherited;
        this.cgroups = cgroups;
    }

    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Session open(InstanceId id, Launch launch, Interaction what) {
        String name = Machine.newName();
        try {
            if (!(launch.work() instanceof Work.Program work)) {
                throw new IllegalArgumentException("cannot run " + launch + " as a process");
            }
            var environment = new HashMap<>(inherited);
            environment.putAll(launch.environment());
            environment.putAll(what.environment());
            environment.put(Records.COOKIE, name);
            environment.put("REEVE_INSTANCE", id.toString());
            if (!Files.isDirectory(work.workingDirectory())) {
                throw new IOException("there is no folder " + work.workingDirectory());
            }
            Preflight.program(what.command().getFirst(), environment.getOrDefault("PATH", ""), work.workingDirectory());
            Path own = folder(name);
            secrets(own, launch).ifPresent(folder -> environment.put("REEVE_SECRETS_DIR", folder.toString()));
            var words = new ArrayList<>(Joining.words(cgroups.make(name).map(List::of).orElse(List.of())));
            words.addAll(confined(launch.confinement()));
            words.addAll(what.command());
            Optional<PseudoTerminal> terminal = what.terminal().map(size -> PseudoTerminal.open(size.rows(), size.columns()));
            return Conversation.begin(words, environment, work.workingDirectory(), terminal, () -> sweep(name));
        } catch (IOException | OsException | Preflight.Refused e) {
            sweep(name);
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command for " + id + ": " + e.getMessage(), e);
        }
    }

    private Path folder(String name) throws IOException {
        InstanceFolder.makePrivate(folders);
        Path folder = folders.resolve(name);
        InstanceFolder.makePrivate(folder);
        return folder;
    }

    /// As an instance has them: files that only the program may read.
    private Optional<Path> secrets(Path folder, Launch launch) throws IOException {
        if (launch.secrets().isEmpty()) {
            return Optional.empty();
        }
        Optional<String> user = launch.confinement().user().map(text -> text.split(":", 2)[0]);
        for (var secret : launch.secrets().entrySet()) {
            Path file = Files.writeString(folder.resolve(secret.getKey()), secret.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            if (user.isPresent()) {
                Files.setOwner(file, owner(user.get(), file));
            }
        }
        if (user.isPresent()) {
            Files.setPosixFilePermissions(folders, PosixFilePermissions.fromString("rwx--x--x"));
            Files.setOwner(folder, owner(user.get(), folder));
        }
        return Optional.of(folder);
    }

    private static UserPrincipal owner(String user, Path of) throws IOException {
        return of.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    }

    /// What setpriv(1) and prlimit(1) can do of a service's confinement; the rest is refused rather than left out.
    private static List<String> confined(Confinement confinement) throws IOException {
        if (confinement.readOnly() || !confinement.readOnlyPaths().isEmpty() || !confinement.temporary().isEmpty()) {
            throw new IOException("its service has read-only or temporary paths, which a command of its own cannot be given");
        }
        var words = new ArrayList<String>();
        if (!confinement.ulimits().isEmpty()) {
            words.add(Joining.tool("prlimit"));
            confinement.ulimits().forEach((name, limit) -> words.add("--" + name + "=" + limit(limit.soft()) + ":" + limit(limit.hard())));
        }
        var privileges = new ArrayList<String>();
        if (confinement.user().isPresent()) {
            privileges.addAll(user(confinement.user().get(), confinement.groups()));
        }
        if (confinement.noNewPrivileges()) {
            privileges.add("--no-new-privs");
        }
        if (!confinement.dropCapabilities().isEmpty()) {
            privileges.addAll(List.of("--bounding-set", bounding(confinement)));
        }
        if (!privileges.isEmpty()) {
            words.add(Joining.tool("setpriv"));
            words.addAll(privileges);
            words.add("--");
        }
        confinement.umask().ifPresent(umask -> words.addAll(
                List.of("/bin/sh", "-c", "umask " + Integer.toOctalString(umask) + "; exec \"$@\"", "sh")));
        return words;
    }

    private static String limit(long value) {
        return value < 0 ? "unlimited" : Long.toString(value);
    }

    private static List<String> user(String declared, List<String> groups) throws IOException {
        String[] parts = declared.split(":", 2);
        var words = new ArrayList<>(List.of("--reuid", parts[0], "--regid", parts.length == 2 ? parts[1] : groupOf(parts[0])));
        boolean named = !parts[0].matches("[0-9]+");
        words.addAll(groups.isEmpty() ? List.of(named && parts.length == 1 ? "--init-groups" : "--clear-groups")
                : List.of("--groups", String.join(",", groups)));
        return words;
    }

    /// passwd(5): the name first, the number third, the group fourth.
    private static String groupOf(String user) throws IOException {
        return Files.readAllLines(Path.of("/etc/passwd")).stream().map(line -> line.split(":"))
                .filter(fields -> fields.length > 3 && (fields[0].equals(user) || fields[2].equals(user)))
                .map(fields -> fields[3])
                .findFirst()
                .orElseThrow(() -> new IOException("there is no user " + user + " in /etc/passwd; name its group too, as user:group"));
    }

    private static String bounding(Confinement confinement) {
        var words = new ArrayList<String>();
        confinement.dropCapabilities().forEach(name -> words.add("-" + name.toLowerCase(Locale.ROOT)));
        confinement.addCapabilities().forEach(name -> words.add("+" + name.toLowerCase(Locale.ROOT)));
        return String.join(",", words);
    }

    /// Ends what earlier Reeves left of their commands.
    void sweepAll() {
        if (!Files.isDirectory(folders)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folders)) {
            entries.forEach(entry -> sweep(entry.getFileName().toString()));
        } catch (IOException e) {
            LOG.error("cannot look for commands that were cut off: folder={} reason={}", folders, e.getMessage());
        }
    }

    /// Ends all that a command left, and removes what there was of it.
    private void sweep(String name) {
        try {
            cgroups.parent().map(parent -> parent.resolve(name)).filter(Files::isDirectory).map(ProcessSet::ofCgroup).ifPresent(all -> {
                all.kill();
                all.remove();
            });
            Processes.all(facts -> Processes.startedWith(facts.pid(), Records.COOKIE + "=" + name))
                    .forEach(left -> Processes.signal(left.pid(), left.startTicks(), Processes.SIGKILL));
            Path folder = folders.resolve(name);
            if (Files.isDirectory(folder)) {
                try (DirectoryStream<Path> secrets = Files.newDirectoryStream(folder)) {
                    for (Path secret : secrets) {
                        Files.delete(secret);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException | OsException e) {
            LOG.error("cannot clean up after a command: name={} reason={}", name, e.getMessage());
        }
    }
}
