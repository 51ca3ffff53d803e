package reeve.run.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.LogRotation;
import reeve.model.Network;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.StopSignal;
import reeve.model.Volume;
import reeve.model.Workload;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Launch;
import reeve.testing.Podman;

/// Launches of containers for tests: everything has a sensible value, a test names what it is about.
final class Containers {
    static final String BOX = Podman.BOX;

    private final List<String> command;
    private Workload.Image image = Workload.Image.of(Podman.BOX);
    private Optional<List<String>> entrypoint = Optional.empty();
    private Optional<String> workingDirectory = Optional.empty();
    private int port;
    private int hostPort;
    private final List<Workload.PublishedPort> published = new ArrayList<>();
    private final List<Workload.Mount> mounts = new ArrayList<>();
    private final List<Workload.Attachment> networks = new ArrayList<>();
    private final List<Volume> volumesOfApp = new ArrayList<>();
    private final List<Network> networksOfApp = new ArrayList<>();
    private Optional<String> hostname = Optional.empty();
    private Map<String, String> environment = Map.of();
    private Map<String, String> secrets = Map.of();
    private Map<String, String> extraHosts = Map.of();
    private Map<String, String> sysctls = Map.of();
    private Confinement confinement = Confinement.NONE;
    private Resources resources = Resources.UNLIMITED;
    private LogRotation rotation = LogRotation.DEFAULT;
    private Path log = Path.of("log").toAbsolutePath();
    private String spec = "spec-1";
    private boolean init = true;

    private Containers(List<String> command) {
        this.command = List.copyOf(command);
    }

    static Containers of(List<String> command) {
        return new Containers(command);
    }

    static Containers shell(String script) {
        return of(List.of("sh", "-c", script));
    }

    Containers image(Workload.Image next) {
        image = next;
        return this;
    }

    Containers image(String name, Workload.PullPolicy pull) {
        return image(new Workload.Image(name, pull, Optional.empty(), Optional.empty()));
    }

    Containers entrypoint(List<String> words) {
        entrypoint = Optional.of(words);
        return this;
    }

    Containers workingDirectory(String folder) {
        workingDirectory = Optional.of(folder);
        return this;
    }

    Containers port(int inside, int outside) {
        port = inside;
        hostPort = outside;
        return this;
    }

    Containers published(Workload.PublishedPort next) {
        published.add(next);
        return this;
    }

    Containers mount(Workload.Mount mount) {
        mounts.add(mount);
        return this;
    }

    /// A volume of the app, mounted.
    Containers volume(String name, String target) {
        volumesOfApp.add(new Volume("data", name, false, Map.of(), Map.of("kept", "yes")));
        return mount(new Workload.Mount.OfVolume("data", target, false));
    }

    /// A network of the app, attached.
    Containers network(String name, String... aliases) {
        networksOfApp.add(new Network("default", name, false, false, Map.of()));
        networks.add(new Workload.Attachment("default", List.of(aliases)));
        return this;
    }

    Containers attached(String network) {
        networks.add(new Workload.Attachment(network, List.of()));
        return this;
    }

    Containers hostname(String name) {
        hostname = Optional.of(name);
        return this;
    }

    Containers environment(Map<String, String> next) {
        environment = new HashMap<>(next);
        return this;
    }

    Containers secrets(Map<String, String> next) {
        secrets = next;
        return this;
    }

    Containers extraHosts(Map<String, String> next) {
        extraHosts = next;
        return this;
    }

    Containers sysctls(Map<String, String> next) {
        sysctls = next;
        return this;
    }

    Containers confinement(Confinement next) {
        confinement = next;
        return this;
    }

    Containers resources(Resources next) {
        resources = next;
        return this;
    }

    Containers rotation(LogRotation next) {
        rotation = next;
        return this;
    }

    Containers log(Path next) {
        log = next;
        return this;
    }

    Containers spec(String next) {
        spec = next;
        return this;
    }


    Containers init(boolean next) {
        init = next;
        return this;
    }

    Launch launch() {
        var declared = new Workload.Container(image, Optional.empty(), List.of(), workingDirectory, port, published, mounts, networks,
                hostname, extraHosts, sysctls, init);
        var app = new AppSpec(new AppName("wiki"), Optional.empty(), List.of(), List.of(), volumesOfApp, networksOfApp);
        var work = new Driver.Work.Container(declared, entrypoint, command, hostPort, app, Map.of("team", "docs"), StopSignal.SIGTERM);
        return new Launch(work, environment, secrets, confinement, resources, Notification.NONE, new Driver.Output(log, rotation), spec);
    }
}
