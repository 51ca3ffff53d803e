package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.AppName;
import reeve.model.Network;
import reeve.model.Volume;
import reeve.model.Workload;
import reeve.run.container.PodmanException.Kind;
import reeve.run.supervise.Driver.Launch;

/// What must be there before a container can be made: networks, volumes, folders, secrets. Made where it is missing, with our
/// labels; what is declared `external` must be there and is never made. Any thread.
record Provisions(Podman podman) {
    private static final Logger LOG = LoggerFactory.getLogger(Provisions.class);

    /// The names under which a start's secrets stand at Podman, for the moment until its container has them.
    static Map<String, String> secretNames(Launch launch, String run) {
        var names = new LinkedHashMap<String, String>();
        launch.secrets().keySet().forEach(secret -> names.put(secret, "reeve-" + run + "-" + names.size()));
        return names;
    }

    void make(CreateSpec spec, String node, AppName app) throws PodmanException, IOException {
        for (Workload.Attachment attachment : spec.work().declared().networks()) {
            network(spec, attachment.network(), node, app);
        }
        for (Workload.Mount mount : spec.work().declared().mounts()) {
            switch (mount) {
                case Workload.Mount.OfVolume(String key, String _, boolean _) -> volume(spec, key, node, app);
                case Workload.Mount.Anonymous _ -> { } // made with the container
                case Workload.Mount.Bind bind -> folder(bind);
            }
        }
        for (Map.Entry<String, String> secret : spec.secrets().entrySet()) {
            podman.makeSecret(secret.getValue(), spec.launch().secrets().getOrDefault(secret.getKey(), ""));
        }
    }

    private void network(CreateSpec spec, String key, String node, AppName app) throws PodmanException {
        if (key.equals("host") || key.equals("none") || podman.exists("networks", spec.networkName(key))) {
            return;
        }
        Network network = spec.work().app().networks().stream().filter(declared -> declared.key().equals(key)).findFirst()
                .orElseThrow(() -> new PodmanException(Kind.MISSING, "network " + key + " is not declared"));
        if (network.external()) {
            throw new PodmanException(Kind.MISSING, "network " + network.name() + " is external, and it is not there");
        }
        podman.make("/networks/create", Json.object(Map.of("name", network.name(), "driver", "bridge", "internal", network.internal(),
                "dns_enabled", true, "labels", Labels.ofApp(network.labels(), node, app))));
    }

    private void volume(CreateSpec spec, String key, String node, AppName app) throws PodmanException {
        if (podman.exists("volumes", spec.volumeName(key))) {
            return;
        }
        Volume volume = spec.work().app().volumes().stream().filter(declared -> declared.key().equals(key)).findFirst()
                .orElseThrow(() -> new PodmanException(Kind.MISSING, "volume " + key + " is not declared"));
        if (volume.external()) {
            throw new PodmanException(Kind.MISSING, "volume " + volume.name() + " is external, and it is not there");
        }
        podman.make("/volumes/create", Json.object(Map.of("Name", volume.name(), "Options", volume.options(),
                "Labels", Labels.ofApp(volume.labels(), node, app))));
    }

    private static void folder(Workload.Mount.Bind bind) throws IOException {
        if (bind.create()) {
            Files.createDirectories(bind.source());
        } else if (!Files.exists(bind.source())) {
            throw new IOException(bind.source() + ", to be seen at " + bind.target() + " inside, does not exist");
        }
    }

    /// The container has a copy of its own.
    void removeSecrets(CreateSpec spec) {
        for (String name : spec.secrets().values()) {
            try {
                podman.removeSecret(name);
            } catch (PodmanException e) {
                LOG.warn("cannot remove a secret at podman: name={} reason={}", name, e.getMessage());
            }
        }
    }
}
