package reeve.run.container;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import reeve.base.Time;
import reeve.base.http.HttpClient;
import reeve.model.Failure;
import reeve.model.ServiceId;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Listener;

/// Podman, as this node reaches it: for the driver of its containers, and for the data and the images that they leave behind. Any
/// thread.
///
/// A node that has never had a container asks nobody for any: without Podman it costs nothing.
public final class ContainerRuntime {
    private final Time time;
    private final Timing timing;
    private final Podman podman;
    private final Records records;
    private final Images images;
    private final Talks talks;

    /// @param state     folder of the node's state, there already
    /// @param variables Reeve's own environment, of which only where a user's Podman is reached is read
    public ContainerRuntime(Path state, ContainerSettings settings, Map<String, String> variables, Time time) {
        this(state, settings, variables, time, Timing.REAL);
    }

    /// What tests make shorter.
    /// @param betweenLists of containers
    /// @param silence      after which a download that stands still is over
    record Timing(Duration betweenLists, Duration silence) {
        static final Timing REAL = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    ContainerRuntime(Path state, ContainerSettings settings, Map<String, String> variables, Time time, Timing timing) {
        Path folder = state.toAbsolutePath().resolve("containers");
        var http = new HttpClient(time);
        var socket = new PodmanSocket(settings, folder, variables, http, time);
        this.time = time;
        this.timing = timing;
        this.podman = new Podman(socket, http, time);
        this.records = new Records(folder);
        this.images = new Images(podman, records, new Logins(settings.authFile()), time, timing.silence);
        this.talks = new Talks(settings.program(), socket, variables);
    }

    /// The one driver of this node's containers.
    public Driver driver(Listener listener) {
        return new ContainerDriver(podman, records, images, talks, time, listener, timing.betweenLists);
    }

    /// Removes a volume for good; does nothing where there is none. Blocks.
    /// @param name at Podman
    /// @throws Failure `UNAVAILABLE` when it cannot be removed now, such as while a container uses it
    public void removeVolume(String name) {
        try {
            podman.removeVolume(name);
        } catch (PodmanException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot remove volume " + name + ": " + e.getMessage(), e);
        }
    }

    /// Removes images that were fetched for services and are used no more: all of those that are not declared, all but the two
    /// newest of the others. What Reeve did not fetch, or any container uses, stays. Blocks.
    /// @return how many
    /// @throws Failure `UNAVAILABLE` where Podman does not answer
    public int pruneImages(Set<ServiceId> declared) {
        try {
            return images.prune(declared);
        } catch (PodmanException | IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot prune images: " + e.getMessage(), e);
        }
    }
}
