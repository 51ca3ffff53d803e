package reeve.run.companion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reeve.model.Confinement;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Network;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.Volume;
import reeve.model.Workload;

/// The text of a companion's unit, and the files beside it. Pure.
///
/// Of Quadlet's keys only those are used that every version since 4.4 knows, because one that is not known drops the whole unit;
/// everything else is an option of `podman run` (`PodmanArgs`). Secrets never stand in a unit: it may be read by all.
/// @param name  without its ending, `reeve-wiki.web`
/// @param text  of the unit
/// @param files with what nobody else may read, by name within the companion's own folder
record Unit(String name, String text, Map<String, String> files) {
    static final String PREFIX = "reeve-";
    private static final String ENVIRONMENT = "environment";
    private static final Duration TO_PULL = Duration.ofMinutes(15);
    private static final Duration TO_REMOVE = Duration.ofSeconds(10);

    Unit {
        files = Map.copyOf(files);
    }

    /// How systemd is told.
    enum Form {
        QUADLET(".container"),
        /// For Podman before 4.4: what Quadlet would make of it.
        SERVICE(".service");

        private final String ending;

        Form(String ending) {
            this.ending = ending;
        }

        String ending() {
            return ending;
        }
    }

    /// App names have no dots, so the first one ends the app's.
    static String name(InstanceId id) {
        return PREFIX + id.service().app() + "." + id.service().service();
    }

    /// The first line of every unit that the Reeve with this state folder wrote.
    static String mark(Path state) {
        return "# Written by Reeve, state in " + state + ": what is changed here is overwritten.";
    }

    /// @param folder where [#files] will lie
    /// @param podman the program
    /// @throws Failure `INVALID` for what a unit cannot say
    static Unit of(InstanceId id, Companion.Wish.Run wish, Form form, Path state, Path folder, Path podman) {
        var files = new TreeMap<String, String>();
        files.put(ENVIRONMENT, environment(wish.launch().environment()));
        wish.launch().secrets().forEach((secret, text) -> files.put("secret." + secret, text));
        List<String> options = options(id, wish, folder);
        List<String> command = wish.work().command();
        var lines = new ArrayList<>(List.of(mark(state), "[Unit]",
                "Description=" + Quoting.plain("Companion " + id.service() + " of Reeve"),
                "Wants=network-online.target", "After=network-online.target", "StartLimitIntervalSec=0"));
        switch (form) {
            case QUADLET -> quadlet(lines, id, wish, folder, options, command);
            case SERVICE -> service(lines, id, wish, folder, podman, options, command);
        }
        networks(wish).forEach(network -> lines.add("ExecStartPre=-" + Quoting.words(
                List.of(podman.toString(), "network", "create", network)))); // fails where it is there
        lines.addAll(List.of("Restart=" + restart(wish.restart()), "RestartSec=1", "TimeoutStartSec=" + TO_PULL.toSeconds(),
                "TimeoutStopSec=" + wish.stopGrace().plus(TO_REMOVE).toSeconds()));
        return new Unit(name(id), String.join("\n", lines) + "\n", files);
    }

    private static void quadlet(List<String> lines, InstanceId id, Companion.Wish.Run wish, Path folder, List<String> options,
            List<String> command) {
        lines.addAll(List.of("[Container]", "ContainerName=" + name(id), "Image=" + Quoting.plain(wish.work().declared().image().name()),
                "EnvironmentFile=" + Quoting.plain(folder.resolve(ENVIRONMENT).toString())));
        options.forEach(option -> lines.add("PodmanArgs=" + Quoting.word(option)));
        if (!command.isEmpty()) {
            lines.add("Exec=" + Quoting.words(command));
        }
        lines.add("[Service]");
    }

    private static void service(List<String> lines, InstanceId id, Companion.Wish.Run wish, Path folder, Path podman, List<String> options,
            List<String> command) {
        var run = new ArrayList<>(List.of(podman.toString(), "run", "--name=" + name(id), "--replace", "--rm", "--cgroups=split",
                "--sdnotify=conmon", "--detach", "--env-file=" + folder.resolve(ENVIRONMENT)));
        run.addAll(options);
        run.add(wish.work().declared().image().name());
        run.addAll(command);
        String remove = Quoting.words(List.of(podman.toString(), "rm", "--volumes", "--force", "--ignore", name(id)));
        lines.addAll(List.of("[Service]", "Type=notify", "NotifyAccess=all", "KillMode=mixed", "Delegate=yes",
                "Environment=PODMAN_SYSTEMD_UNIT=%n", "ExecStart=" + Quoting.words(run), "ExecStop=" + remove, "ExecStopPost=-" + remove));
    }

    /// Podman takes a line as `NAME=` and whatever follows, to its end.
    private static String environment(Map<String, String> variables) {
        var lines = new StringBuilder();
        new TreeMap<>(variables).forEach((name, value) -> {
            if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
                throw new Failure(Failure.Kind.INVALID, "cannot give a companion the variable " + name
                        + ": its value has a line break; give it as a file, with 'secrets'");
            }
            lines.append(name).append('=').append(value).append('\n');
        });
        return lines.toString();
    }

    private static List<String> options(InstanceId id, Companion.Wish.Run wish, Path folder) {
        var work = wish.work();
        Workload.Container container = work.declared();
        var options = new ArrayList<String>();
        options.add("--label=reeve.companion=" + id.service());
        new TreeMap<>(work.labels()).forEach((key, value) -> options.add("--label=" + key + "=" + value));
        options.add("--pull=" + pull(container.image().pull()));
        options.add("--stop-signal=" + work.stopSignal().name());
        options.add("--stop-timeout=" + wish.stopGrace().toSeconds());
        work.entrypoint().ifPresent(entry -> options.add("--entrypoint=" + json(entry)));
        container.workingDirectory().ifPresent(path -> options.add("--workdir=" + path));
        container.hostname().ifPresent(host -> options.add("--hostname=" + host));
        new TreeMap<>(container.extraHosts()).forEach((host, address) -> options.add("--add-host=" + host + ":" + address));
        new TreeMap<>(container.sysctls()).forEach((key, value) -> options.add("--sysctl=" + key + "=" + value));
        if (container.init()) {
            options.add("--init");
        }
        options.addAll(network(wish));
        if (work.hostPort() != 0 && container.port() != 0) {
            options.add("--publish=127.0.0.1:" + work.hostPort() + ":" + container.port());
        }
        container.published().forEach(port -> options.add("--publish=" + (port.address().isEmpty() ? "" : port.address() + ":")
                + (port.host() == 0 ? "" : port.host()) + ":" + port.container() + "/" + port.protocol()));
        container.mounts().forEach(mount -> options.add(mount(mount, wish)));
        new TreeMap<>(wish.launch().secrets()).keySet().forEach(secret ->
                options.add("--volume=" + folder.resolve("secret." + secret) + ":/run/secrets/" + secret + ":ro"));
        confine(options, wish.launch().confinement());
        limit(options, wish.launch().resources());
        return List.copyOf(options);
    }

    private static String pull(Workload.PullPolicy policy) {
        return switch (policy) {
            case ALWAYS, MISSING, NEVER -> policy.name().toLowerCase(Locale.ROOT);
            case BUILD -> throw new Failure(Failure.Kind.INVALID, "cannot build the image of a companion: build it before, and name it");
        };
    }

    private static List<String> network(Companion.Wish.Run wish) {
        List<Workload.Attachment> attached = wish.work().declared().networks();
        if (attached.isEmpty()) {
            return List.of("--network=none");
        }
        return attached.stream().map(one -> "--network=" + networkName(wish, one.network()) + (one.aliases().isEmpty() ? ""
                : ":alias=" + String.join(",alias=", one.aliases()))).toList();
    }

    /// Those that are made for the app.
    private static List<String> networks(Companion.Wish.Run wish) {
        return wish.work().app().networks().stream().filter(network -> !network.external())
                .filter(network -> wish.work().declared().networks().stream().anyMatch(one -> one.network().equals(network.key())))
                .map(Network::name).toList();
    }

    private static String networkName(Companion.Wish.Run wish, String key) {
        return wish.work().app().networks().stream().filter(one -> one.key().equals(key)).map(Network::name).findFirst().orElse(key);
    }

    private static String mount(Workload.Mount mount, Companion.Wish.Run wish) {
        return switch (mount) {
            case Workload.Mount.OfVolume(String key, String target, boolean readOnly) ->
                    "--volume=" + volumeName(wish, key) + ":" + target + (readOnly ? ":ro" : "");
            case Workload.Mount.Anonymous(String target) -> "--volume=" + target;
            case Workload.Mount.Bind(Path source, String target, boolean readOnly, boolean _) ->
                    "--volume=" + source + ":" + target + (readOnly ? ":ro" : "");
        };
    }

    private static String volumeName(Companion.Wish.Run wish, String key) {
        return wish.work().app().volumes().stream().filter(one -> one.key().equals(key)).map(Volume::name).findFirst().orElse(key);
    }

    private static void confine(List<String> options, Confinement confinement) {
        confinement.user().ifPresent(user -> options.add("--user=" + user));
        confinement.groups().forEach(group -> options.add("--group-add=" + group));
        confinement.addCapabilities().stream().sorted().forEach(capability -> options.add("--cap-add=" + capability));
        confinement.dropCapabilities().stream().sorted().forEach(capability -> options.add("--cap-drop=" + capability));
        if (confinement.noNewPrivileges()) {
            options.add("--security-opt=no-new-privileges");
        }
        if (confinement.readOnly()) {
            options.add("--read-only");
        }
        new TreeMap<>(confinement.temporary()).forEach((target, of) -> options.add("--tmpfs=" + target + (of.isBlank() ? "" : ":" + of)));
        new TreeMap<>(confinement.ulimits()).forEach((name, limit) ->
                options.add("--ulimit=" + name + "=" + limit.soft() + ":" + limit.hard()));
    }

    private static void limit(List<String> options, Resources resources) {
        resources.memory().ifPresent(bytes -> options.add("--memory=" + bytes + "b"));
        resources.cpus().ifPresent(cpus -> options.add("--cpus=" + cpus));
        resources.processes().ifPresent(count -> options.add("--pids-limit=" + count));
    }

    private static String restart(RestartPolicy policy) {
        return switch (policy) {
            case RestartPolicy.Always() -> "always";
            case RestartPolicy.OnFailure _ -> "on-failure";
            case RestartPolicy.Never() -> "no";
        };
    }

    /// Podman reads an entrypoint of several words as a JSON array.
    private static String json(List<String> words) {
        return words.isEmpty() ? "" : words.stream().map(word -> '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "[", "]"));
    }
}
