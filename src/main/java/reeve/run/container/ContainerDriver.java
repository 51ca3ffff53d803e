package reeve.run.container;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Patience;
import reeve.base.PrivateFiles;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.LogRotation;
import reeve.model.StopSignal;
import reeve.run.container.PodmanException.Kind;
import reeve.run.container.Records.Intent;
import reeve.run.supervise.Driver;

/// Runs instances as containers at Podman. They outlive this driver: the next one finds them again by their labels.
///
/// A start goes: image → record on disk → networks, volumes, secrets → container made → its first process watched → its program
/// run. A name can be given only once at Podman, so that wherever that is cut off there is one container or none; one whose
/// program never ran is removed when it is met again. A run's name is its container's id: each start makes a container anew.
final class ContainerDriver implements Driver {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerDriver.class);

    /// Reeve is ready after that, whatever is with Podman.
    private static final Duration ADOPTION = Duration.ofSeconds(5);

    /// Longer than any init takes to get ready; after that a stop may have to be a KILL.
    private static final Duration INIT = Duration.ofMillis(100);

    private final Podman podman;
    private final Records records;
    private final Images images;
    private final Provisions provisions;
    private final Watch watch;
    private final Commands commands;
    private final Talks talks;
    private final OneOffs oneOffs;

    ContainerDriver(Podman podman, Records records, Images images, Talks talks, Time time, Listener listener, Duration betweenLists) {
        this.podman = podman;
        this.records = records;
        this.images = images;
        this.provisions = new Provisions(podman);
        this.commands = new Commands(podman, time);
        this.talks = talks;
        this.oneOffs = new OneOffs(podman, records, images, provisions, talks);
        this.watch = new Watch(podman, records, listener, oneOffs::sweep, time, betweenLists);
    }

    @Override
    public List<Found> adopt() {
        if (!records.used()) {
            return List.of();
        }
        try {
            return adopt(podman.list(List.of(Labels.NODE + "=" + records.node()), ADOPTION));
        } catch (PodmanException e) {
            return knownOnly(e.getMessage());
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read the records of containers: " + e.getMessage(), e);
        }
    }

    private List<Found> adopt(List<Container> containers) throws IOException {
        var found = new ArrayList<Found>();
        for (Container container : containers) {
            Optional<InstanceId> id = container.instance();
            if (id.isEmpty()) {
                oneOffs.sweep(container);
                continue;
            }
            if (container.state() == Container.State.MADE) {
                removeQuietly(container);
                continue;
            }
            Found known = watch.found(id.get(), container);
            if (known instanceof Found.Alive) {
                watch.add(id.get(), container);
            }
            found.add(known);
        }
        for (Intent intent : records.intents()) {
            if (found.stream().noneMatch(known -> known.id().equals(intent.id()))) {
                records.delete(intent.id());
            }
        }
        return found;
    }

    /// Podman does not answer: what was intended may run or not.
    private List<Found> knownOnly(String reason) {
        try {
            records.intents().forEach(intent -> watch.fallSilent(intent.id(), reason));
            return List.of();
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read the records of containers: " + e.getMessage(), e);
        }
    }

    private void removeQuietly(Container container) {
        try {
            podman.remove(container.id(), true);
        } catch (PodmanException e) {
            LOG.warn("cannot remove a container that never ran: name={} reason={}", container.name(), e.getMessage());
        }
    }

    @Override
    public Started start(InstanceId id, Launch launch, Consumer<String> progress) {
        if (!(launch.work() instanceof Work.Container work)) {
            throw new IllegalArgumentException("cannot run " + launch + " as a container");
        }
        try {
            watch.awaitReport(id);
            Optional<Container> last = last(id);
            if (last.isPresent() && last.get().lives() && last.get().hasProcess()) {
                watch.add(id, last.get());
                return new Started.AlreadyRunning(last.get().run());
            }
            Images.Ready image = images.ensure(id.service(), work.declared().image(), progress);
            return startNew(id, launch, work, image, last);
        } catch (PodmanException e) {
            if (e.is(Kind.SILENT)) {
                watch.fallSilent(id, e.getMessage());
            }
            return new Started.Failed(String.valueOf(e.getMessage()));
        } catch (FileSystemException e) {
            String what = e.getReason() == null ? e.getClass().getSimpleName() + ", " : "";
            return new Started.Failed(what + e.getMessage());
        } catch (IOException e) {
            return new Started.Failed(String.valueOf(e.getMessage()));
        }
    }

    /// The container of the instance's last start.
    private Optional<Container> last(InstanceId id) throws IOException, PodmanException {
        List<Container> found = podman.list(List.of(Labels.NODE + "=" + records.node(), Labels.INSTANCE + "=" + id), Podman.LOOK);
        Optional<Container> alive = found.stream().filter(Container::lives).findFirst();
        Optional<Container> one = alive.or(() -> found.stream().findFirst());
        return one.isPresent() && !one.get().lives() ? podman.inspect(one.get().id()) : one; // only an inspection shows its volumes
    }

    private Started startNew(InstanceId id, Launch launch, Work.Container work, Images.Ready image, Optional<Container> last)
            throws IOException, PodmanException {
        String run = Machine.newName();
        var labels = Labels.ofContainer(work.labels(), records.node(), id, launch.spec(), run);
        String name = id.toString().replace('/', '-');
        Path log = launch.output().log().toAbsolutePath();
        PrivateFiles.folder(log.getParent());
        PrivateFiles.file(log);
        LogRotation rotation = launch.output().rotation();
        records.write(new Intent(id, run, launch.spec(), Machine.bootId(),
                Optional.of(new Records.AgedLog(log, rotation.age(), rotation.files() > 1))));
        if (last.isPresent()) {
            podman.remove(last.get().id(), false); // its anonymous volumes go on with the next one
        }
        var specification = new CreateSpec(name, image.id(), image.user(), launch, work, labels,
                last.map(Container::anonymous).orElse(Map.of()), Provisions.secretNames(launch, run), Limits.own(),
                CreateSpec.Console.LOG);
        try {
            provisions.make(specification, records.node(), id.service().app());
            return run(id, name, specification);
        } catch (PodmanException e) {
            if (!e.is(Kind.SILENT)) {
                records.delete(id); // nothing was made
            }
            throw e;
        } finally {
            provisions.removeSecrets(specification);
        }
    }

    private Started run(InstanceId id, String name, CreateSpec specification) throws IOException, PodmanException {
        Optional<String> made = make(id, name, specification);
        if (made.isEmpty()) {
            records.delete(id);
            return new Started.Conflict("a container named " + name + " is there, and it is not this Reeve's");
        }
        try {
            podman.init(made.get());
            Container container = podman.inspect(made.get())
                    .orElseThrow(() -> new PodmanException(Kind.MISSING, "container " + name + " is gone again"));
            Runnable watched = watch.expect(id, container);
            podman.start(made.get());
            watched.run();
            if (specification.work().declared().init()) {
                Patience.within(INIT, container::passesSignalsOn);
            }
            return new Started.Ok(container.run());
        } catch (PodmanException e) {
            podman.remove(made.get(), true);
            throw e;
        }
    }

    /// A start that an earlier Reeve had under way when it was killed may still make its container: that one gives way.
    /// @return empty where a stranger has the name
    private Optional<String> make(InstanceId id, String name, CreateSpec specification) throws IOException, PodmanException {
        try {
            return Optional.of(podman.create(specification.json()));
        } catch (PodmanException e) {
            if (!e.is(Kind.TAKEN)) {
                throw e;
            }
        }
        Optional<Container> holder = podman.inspect(name);
        if (holder.isPresent() && !holder.get().isOf(id, records.node())) {
            return Optional.empty();
        }
        if (holder.isPresent()) {
            podman.remove(holder.get().id(), true);
        }
        return Optional.of(podman.create(specification.json()));
    }

    @Override
    public void signal(InstanceId id, Run run, StopSignal signal) {
        if (watch.run(id, run).isEmpty()) {
            return;
        }
        try {
            ignoringRefusal(() -> podman.kill(run.run(), signal.number())); // refused means that it has ended
            if (signal == StopSignal.SIGKILL) {
                ignoringRefusal(() -> podman.unpause(run.run())); // not every freezer lets a kill through
            }
        } catch (PodmanException e) {
            throw unanswered("signal", id, e);
        }
    }

    @Override
    public void freeze(InstanceId id, Run run) {
        if (watch.run(id, run).isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot freeze " + id + ": it is not running");
        }
        try {
            podman.pause(run.run());
        } catch (PodmanException e) {
            if (!isPaused(run)) {
                throw unanswered("freeze", id, e);
            }
        }
    }

    private boolean isPaused(Run run) {
        try {
            return podman.inspect(run.run()).filter(container -> container.state() == Container.State.PAUSED).isPresent();
        } catch (PodmanException e) {
            return false; // the caller says why it could not be paused
        }
    }

    @Override
    public void thaw(InstanceId id, Run run) {
        if (watch.run(id, run).isEmpty()) {
            return;
        }
        try {
            podman.unpause(run.run());
        } catch (PodmanException e) {
            if (e.is(Kind.SILENT) || isPaused(run)) {
                throw unanswered("thaw", id, e);
            }
        }
    }

    private interface Call {
        void make() throws PodmanException;
    }

    private static void ignoringRefusal(Call call) throws PodmanException {
        try {
            call.make();
        } catch (PodmanException e) {
            if (e.is(Kind.SILENT)) {
                throw e;
            }
        }
    }

    private Failure unanswered(String doing, InstanceId id, PodmanException e) {
        if (e.is(Kind.SILENT)) {
            watch.fallSilent(id, e.getMessage());
        }
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot " + doing + " " + id + ": " + e.getMessage(), e);
    }

    @Override
    public Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output) {
        if (watch.run(id, run).isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is not running");
        }
        try {
            return commands.run(run.run(), command, timeout, output);
        } catch (PodmanException | IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command in " + id + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Session open(InstanceId id, Run run, Interaction interaction) {
        if (watch.run(id, run).isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is not running");
        }
        try {
            return talks.open(run.run(), interaction);
        } catch (PodmanException | IOException | OsException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command in " + id + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Session once(InstanceId id, Launch launch, Interaction interaction) {
        if (!(launch.work() instanceof Work.Container work)) {
            throw new IllegalArgumentException("cannot run " + launch + " as a container");
        }
        try {
            return oneOffs.open(id, launch, work, interaction);
        } catch (PodmanException | IOException | OsException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a copy of " + id.service() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Usage> usage(InstanceId id, Run run) {
        if (watch.run(id, run).isEmpty()) {
            return Optional.empty();
        }
        try {
            return podman.stats(run.run()).get("Stats").items().stream().findFirst().map(stats -> new Usage(stats.get("MemUsage").number(),
                    Duration.ofNanos(stats.get("CPUNano").number()), (int) stats.get("PIDs").number()));
        } catch (PodmanException e) {
            return Optional.empty(); // it cannot be told just now
        }
    }

    /// Removes its container, ended as it is, with the volumes that have no name.
    @Override
    public void forget(InstanceId id) {
        watch.awaitReport(id);
        if (watch.watches(id)) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot forget " + id + ": it is running");
        }
        try {
            if (records.used()) {
                Optional<Container> last = last(id);
                if (last.isPresent()) {
                    podman.remove(last.get().id(), true);
                    for (String carried : last.get().anonymous().values()) {
                        ignoringRefusal(() -> podman.removeVolume(carried)); // the container before was the one that it went with
                    }
                }
                records.delete(id);
            }
        } catch (PodmanException | IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot forget " + id + ": " + e.getMessage(), e);
        }
    }

    /// Stops watching; the containers live on, but for those that somebody talks to.
    @Override
    public void close() {
        oneOffs.close();
        watch.close();
    }
}
