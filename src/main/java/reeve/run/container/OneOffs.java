package reeve.run.container;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Session;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.Workload;
import reeve.run.container.CreateSpec.Console;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Work;

/// Programs that are nobody's instance, each in a container of its own that goes when it ends. Their label tells them from instances;
/// one that belongs to no session of this Reeve was cut off, and is removed where it is met. Any thread.
final class OneOffs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OneOffs.class);

    private final Podman podman;
    private final Records records;
    private final Images images;
    private final Provisions provisions;
    private final Talks talks;

    /// Those that are being made, or that somebody talks to: by what their label says of the run.
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    private final Set<OneOff> open = ConcurrentHashMap.newKeySet();

    OneOffs(Podman podman, Records records, Images images, Provisions provisions, Talks talks) {
        this.podman = podman;
        this.records = records;
        this.images = images;
        this.provisions = provisions;
        this.talks = talks;
    }

    Session open(InstanceId id, Launch launch, Work.Container work, Interaction what) throws PodmanException, IOException {
        String run = Machine.newName();
        wanted.add(run);
        try {
            Images.Ready image = images.ensure(id.service(), work.declared().image(), progress -> LOG.debug("copy: {}", progress));
            String container = make(specification(id, launch, work, what, image, run), id);
            return begin(run, container, what);
        } catch (PodmanException | IOException | RuntimeException e) {
            wanted.remove(run);
            throw e;
        }
    }

    private CreateSpec specification(InstanceId id, Launch launch, Work.Container work, Interaction what, Images.Ready image, String run)
            throws IOException {
        var environment = new HashMap<>(launch.environment());
        environment.putAll(what.environment());
        var whole = new Launch(work, environment, launch.secrets(), launch.confinement(), launch.resources(), launch.notification(),
                launch.output(), launch.spec());
        var with = new Work.Container(work.declared(), work.entrypoint(), what.command(), 0, work.app(), work.labels(), work.stopSignal());
        return new CreateSpec(id.service().toString().replace('/', '-') + "-once-" + run, image.id(), image.user(), whole, with,
                Labels.ofOneOff(work.labels(), records.node(), id.service(), run), Map.of(), Provisions.secretNames(launch, run),
                Limits.own(), what.terminal().isPresent() ? Console.TERMINAL : Console.PIPES);
    }

    private String make(CreateSpec specification, InstanceId id) throws PodmanException, IOException {
        try {
            provisions.make(specification, records.node(), id.service().app());
            return podman.create(specification.json());
        } finally {
            provisions.removeSecrets(specification);
        }
    }

    private Session begin(String run, String container, Interaction what) throws PodmanException, IOException {
        try {
            podman.init(container); // says what cannot be run, before anybody talks to it
            if (what.terminal().isPresent()) { // Podman's program would give it its size only while it runs already
                podman.resize(container, what.terminal().get().rows(), what.terminal().get().columns());
            }
            var oneOff = new OneOff(podman, container, talks.start(container, what.terminal()), ended -> {
                open.remove(ended);
                wanted.remove(run);
            });
            open.add(oneOff);
            oneOff.begin();
            return oneOff;
        } catch (PodmanException | IOException | OsException e) {
            podman.remove(container, true);
            throw e;
        }
    }

    /// Removes a container, on a thread of its own, if it is one that was cut off.
    void sweep(Container met) {
        String run = met.labels().getOrDefault(Labels.RUN, "");
        if (met.labels().containsKey(Labels.ONCE) && wanted.add(run)) { // nobody else removes it meanwhile
            Thread.ofVirtual().name("sweep " + met.name()).start(() -> {
                try {
                    podman.remove(met.id(), true);
                    LOG.info("removed what was cut off: container={}", met.name());
                } catch (PodmanException e) {
                    LOG.warn("cannot remove what was cut off: container={} reason={}", met.name(), e.getMessage());
                } finally {
                    wanted.remove(run);
                }
            });
        }
    }

    /// They end with Reeve.
    @Override
    public void close() {
        open.forEach(OneOff::kill);
    }
}
