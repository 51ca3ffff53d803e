package reeve.run.container;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import reeve.model.Confinement;
import reeve.model.LogRotation;
import reeve.model.Network;
import reeve.model.Resources;
import reeve.model.Volume;
import reeve.model.Workload;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Work;

/// What Podman is told when it makes a container: the body of `POST /libpod/containers/create` (libpod's SpecGenerator). Pure.
///
/// Podman restarts nothing and checks nothing: there is one owner of each service.
/// @param name    at Podman
/// @param image   its id, so that it is the one that was just made sure of
/// @param user    that the image says its program runs as; empty for root
/// @param labels  all of them
/// @param carried anonymous volumes of the container before: place inside → name
/// @param secrets those that were made at Podman for it: file's name → name at Podman
/// @param limits  this machine's limits on open files and processes, which Podman would otherwise try to raise
/// @param console who is at its other end
record CreateSpec(
        String name, String image, String user, Launch launch, Work.Container work, Map<String, String> labels, Map<String, String> carried,
        Map<String, String> secrets, Map<String, Confinement.Ulimit> limits, Console console) {

    /// Where what it writes goes, and what it reads comes from.
    enum Console {
        /// To its log; it reads nothing.
        LOG,
        /// Somebody talks to it. Nobody else does: no port leads to it, and it does not have its service's name.
        PIPES,
        /// Likewise, through a terminal that Podman gives it.
        TERMINAL
    }

    /// Of the runtime, between two periods of the scheduler.
    private static final int CPU_PERIOD_MICROS = 100_000;

    private static final int FOR_THE_OWNER = 0400;
    private static final int FOR_ALL_INSIDE = 0444;

    Json json() {
        var spec = new LinkedHashMap<String, Object>();
        Workload.Container declared = work.declared();
        spec.put("name", name);
        spec.put("image", image);
        spec.put("labels", labels);
        spec.put("env", launch.environment());
        work.entrypoint().ifPresent(words -> spec.put("entrypoint", words.isEmpty() ? List.of("") : words)); // [""] means none
        if (!work.command().isEmpty()) {
            spec.put("command", work.command());
        }
        declared.workingDirectory().ifPresent(folder -> spec.put("work_dir", folder));
        declared.hostname().ifPresent(host -> spec.put("hostname", host));
        spec.put("stop_signal", work.stopSignal().number());
        spec.put("init", declared.init());
        spec.put("sysctl", declared.sysctls());
        spec.put("hostadd", declared.extraHosts().entrySet().stream().map(host -> host.getKey() + ":" + host.getValue()).toList());
        spec.put("restart_policy", "no");
        spec.put("healthconfig", Map.of("Test", List.of("NONE")));
        console(spec);
        network(spec);
        storage(spec);
        confinement(spec, launch.confinement());
        spec.put("resource_limits", resources(launch.resources()));
        return Json.object(spec);
    }

    private void console(Map<String, Object> spec) {
        switch (console) {
            case LOG -> spec.put("log_configuration", Map.of(
                    "driver", "k8s-file",
                    "path", launch.output().log().toString(),
                    "size", mostOfALog(launch.output().rotation())));
            case PIPES, TERMINAL -> {
                spec.put("log_configuration", Map.of("driver", "none"));
                spec.put("stdin", true);
                spec.put("terminal", console == Console.TERMINAL);
            }
        }
    }

    /// Where older files are kept, one of the same size may stand beside it, see [LogAges].
    private static long mostOfALog(LogRotation rotation) {
        return rotation.files() == 1 ? rotation.size() : rotation.size() * rotation.files() / 2;
    }

    private void network(Map<String, Object> spec) {
        List<Workload.Attachment> attached = work.declared().networks();
        String mode = attached.isEmpty() ? "none" : attached.getFirst().network();
        if (mode.equals("none") || mode.equals("host")) {
            spec.put("netns", Map.of("nsmode", mode));
            return;
        }
        spec.put("netns", Map.of("nsmode", "bridge"));
        var networks = new LinkedHashMap<String, Object>();
        attached.forEach(network -> networks.put(networkName(network.network()), Map.of("aliases", aliases(network))));
        spec.put("networks", networks);
        spec.put("portmappings", console == Console.LOG ? ports() : List.of());
    }

    private List<Map<String, Object>> ports() {
        var ports = new ArrayList<Map<String, Object>>();
        if (work.hostPort() != 0 && work.declared().port() != 0) {
            ports.add(port("127.0.0.1", work.hostPort(), work.declared().port(), "tcp"));
        }
        work.declared().published()
                .forEach(port -> ports.add(port(port.address(), port.host(), port.container(), port.protocol())));
        return ports;
    }

    /// Its service's name, then what the manifest adds.
    private List<String> aliases(Workload.Attachment attachment) {
        if (console != Console.LOG) {
            return List.of();
        }
        var aliases = new ArrayList<String>();
        aliases.add(labels.getOrDefault(Labels.INSTANCE, "//").split("/", -1)[1]);
        aliases.addAll(attachment.aliases());
        return aliases.stream().distinct().toList();
    }

    String networkName(String key) {
        return work.app().networks().stream().filter(network -> network.key().equals(key)).map(Network::name).findFirst().orElse(key);
    }

    private static Map<String, Object> port(String address, int host, int container, String protocol) {
        return Map.of("host_ip", address, "host_port", host, "container_port", container, "protocol", protocol);
    }

    private void storage(Map<String, Object> spec) {
        var volumes = new ArrayList<Map<String, Object>>();
        var mounts = new ArrayList<Map<String, Object>>();
        for (Workload.Mount mount : work.declared().mounts()) {
            switch (mount) {
                case Workload.Mount.OfVolume(String key, String target, boolean readOnly) ->
                        volumes.add(Map.of("Name", volumeName(key), "Dest", target, "Options", List.of(readOnly ? "ro" : "rw")));
                case Workload.Mount.Anonymous(String target) -> {
                    if (!carried.containsKey(target)) {
                        volumes.add(Map.of("Name", "", "Dest", target));
                    }
                }
                case Workload.Mount.Bind bind -> mounts.add(Map.of("type", "bind", "source", bind.source().toString(),
                        "destination", bind.target(), "options", List.of("rbind", bind.readOnly() ? "ro" : "rw")));
            }
        }
        carried.forEach((target, volume) -> volumes.add(Map.of("Name", volume, "Dest", target)));
        launch.confinement().temporary().forEach((target, options) -> mounts.add(Map.of("type", "tmpfs", "source", "tmpfs",
                "destination", target, "options", options.isBlank() ? List.of() : List.of(options.split(",")))));
        spec.put("volumes", volumes);
        spec.put("mounts", mounts);
        spec.put("secrets", secrets.entrySet().stream().map(secret -> secret(secret.getKey(), secret.getValue())).toList());
    }

    String volumeName(String key) {
        return work.app().volumes().stream().filter(volume -> volume.key().equals(key)).map(Volume::name).findFirst().orElse(key);
    }

    /// A file for the user the program runs as. Where that is known by name only, its number is not known here either: then
    /// whoever is inside may read it.
    private Map<String, Object> secret(String file, String atPodman) {
        String[] owner = launch.confinement().user().orElse(user.isEmpty() ? "0" : user).split(":", -1);
        boolean numbered = owner[0].equals("root") || owner[0].matches("[0-9]{1,9}");
        boolean grouped = owner.length > 1 && owner[1].matches("[0-9]{1,9}");
        return Map.of("Source", atPodman, "Target", file,
                "UID", numbered && !owner[0].equals("root") ? Integer.parseInt(owner[0]) : 0,
                "GID", grouped ? Integer.parseInt(owner[1]) : 0,
                "Mode", numbered ? FOR_THE_OWNER : FOR_ALL_INSIDE);
    }

    private void confinement(Map<String, Object> spec, Confinement confinement) {
        confinement.user().ifPresent(user -> spec.put("user", user));
        spec.put("groups", confinement.groups());
        spec.put("cap_add", confinement.addCapabilities());
        spec.put("cap_drop", confinement.dropCapabilities());
        spec.put("no_new_privileges", confinement.noNewPrivileges());
        spec.put("read_only_filesystem", confinement.readOnly());
        confinement.umask().ifPresent(mask -> spec.put("umask", String.format("%04o", mask)));
        var limits = new LinkedHashMap<>(this.limits);
        limits.putAll(confinement.ulimits());
        spec.put("r_limits", limits.entrySet().stream().map(CreateSpec::limit).toList());
    }

    private static Map<String, Object> limit(Map.Entry<String, Confinement.Ulimit> limit) {
        return Map.of("type", limit.getKey().toLowerCase(Locale.ROOT),
                "soft", unsigned(limit.getValue().soft()), "hard", unsigned(limit.getValue().hard()));
    }

    /// -1, for unlimited, is the largest number there is.
    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    private static Map<String, Object> resources(Resources resources) {
        var limits = new LinkedHashMap<String, Object>();
        resources.memory().ifPresent(bytes -> limits.put("memory", Map.of("limit", bytes)));
        resources.cpus().ifPresent(cpus -> limits.put("cpu",
                Map.of("period", CPU_PERIOD_MICROS, "quota", Math.round(cpus * CPU_PERIOD_MICROS))));
        resources.processes().ifPresent(processes -> limits.put("pids", Map.of("limit", processes)));
        return limits;
    }
}
