package reeve.run.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Patience;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.command.PassedThrough;
import reeve.base.os.Cgroups;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.base.os.PidWatch;
import reeve.base.os.ProcessFacts;
import reeve.base.os.ProcessSet;
import reeve.base.os.Processes;
import reeve.declare.settings.Listener;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.StopSignal;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;
import reeve.run.supervise.Driver;

/// Runs instances as processes of this machine. They outlive this driver: the next one finds them again.
///
/// A start goes: intent on disk → cgroup → shim → identity on disk, by the shim's child → program. Wherever that is cut off,
/// [#adopt] and [#start] see from the folder and from the cookie in `/proc` whether a program runs, may yet run, or never did.
public final class ProcessDriver implements Driver {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessDriver.class);

    /// A shim needs milliseconds from its spawn to its record, and from the end of its program to its last one.
    private static final Duration SHIM_WORKS = Duration.ofSeconds(5);

    private final Path instances;
    private final Map<String, String> inherited;
    private final Listener listener;
    private final Cgroups cgroups;
    private final Shim shim;
    private final OneOff oneOff;
    private final String boot = Machine.bootId();
    private final PidWatch watch = new PidWatch();
    private final Map<InstanceId, Live> live = new ConcurrentHashMap<>();
    private final LongAdder refusedSignals = new LongAdder();
    private volatile boolean closed;

    /// A run that is watched.
    /// @param reported opened after its end was told to the listener
    private record Live(InstanceFolder folder, Identity identity, CountDownLatch reported) {
        Run run() {
            return new Run(identity.run(), identity.pid());
        }
    }

    /// What is found about the last run of an instance.
    private sealed interface Observed {
        record Running(Intent intent, Identity identity) implements Observed {}

        record Ended(Intent intent, Identity identity, Exit exit) implements Observed {}

        /// Intended, but no program was started and none will be.
        record NeverRan(Intent intent) implements Observed {}

        record Nothing() implements Observed {}
    }

    /// @param state     folder of the node's state, there already
    /// @param inherited variables that a program gets where its launch does not set them; see `PassedThrough`
    /// @throws Failure when the state folder cannot be used
    public ProcessDriver(Path state, Map<String, String> inherited, Time time, Listener listener) {
        this(state, inherited, time, listener, Cgroups.find(), Shim.Interpreter.best());
    }

    ProcessDriver(
            Path state, Map<String, String> inherited, Time time, Listener listener, Cgroups cgroups, Shim.Interpreter interpreter) {
        this.instances = state.toAbsolutePath().resolve("instances");
        this.inherited = Map.copyOf(inherited);
        this.listener = listener;
        this.cgroups = cgroups;
        this.oneOff = new OneOff(state.toAbsolutePath(), this.inherited, cgroups);
        try {
            InstanceFolder.makePrivate(instances);
            this.shim = Shim.install(state.toAbsolutePath(), interpreter, time);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot use state folder " + state + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<Found> adopt() {
        var found = new ArrayList<Found>();
        oneOff.sweepAll();
        try {
            for (InstanceFolder folder : InstanceFolder.all(instances)) {
                adopt(folder).ifPresent(found::add);
            }
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read " + instances + ": " + e.getMessage(), e);
        }
        return found;
    }

    private Optional<Found> adopt(InstanceFolder folder) {
        try {
            return switch (observe(folder)) {
                case Observed.Running(Intent intent, Identity identity) -> {
                    Run run = watch(folder, identity);
                    yield Optional.of(new Found.Alive(folder.id(), run, intent.spec(), identity.processes().frozen()));
                }
                case Observed.Ended(Intent intent, Identity identity, Exit exit) -> {
                    sweep(intent.cgroup(), identity);
                    yield Optional.of(new Found.Ended(folder.id(), intent.spec(), exit));
                }
                case Observed.NeverRan(Intent intent) -> {
                    intent.cgroup().map(ProcessSet::ofCgroup).ifPresent(ProcessSet::remove);
                    folder.remove(instances);
                    yield Optional.empty();
                }
                case Observed.Nothing() -> {
                    folder.remove(instances);
                    yield Optional.empty();
                }
            };
        } catch (IOException | OsException e) {
            LOG.error("cannot adopt: instance={} reason={}", folder.id(), e.getMessage());
            return Optional.empty(); // a start of it will fail for the same reason: no second copy
        }
    }

    @Override
    public Started start(InstanceId id, Launch launch, Consumer<String> progress) {
        InstanceFolder folder = InstanceFolder.of(instances, id);
        try {
            folder.make(instances);
            awaitReport(id);
            return switch (observe(folder)) {
                case Observed.Running(Intent _, Identity identity) -> new Started.AlreadyRunning(watch(folder, identity));
                case Observed.Ended(Intent intent, Identity identity, Exit _) -> {
                    awaitReport(id);
                    sweep(intent.cgroup(), identity);
                    yield startNew(folder, launch);
                }
                case Observed.NeverRan(Intent intent) -> {
                    intent.cgroup().map(ProcessSet::ofCgroup).ifPresent(ProcessSet::remove);
                    yield startNew(folder, launch);
                }
                case Observed.Nothing _ -> startNew(folder, launch);
            };
        } catch (Preflight.Refused e) {
            return new Started.Failed(e.getMessage());
        } catch (IOException | OsException e) {
            return new Started.Failed("cannot start " + id + ": " + e.getMessage());
        }
    }

    private Started startNew(InstanceFolder folder, Launch launch) throws Preflight.Refused, IOException {
        if (!(launch.work() instanceof Work.Program work)) {
            throw new IllegalArgumentException("cannot run " + launch + " as a process");
        }
        var environment = new HashMap<>(inherited);
        environment.putAll(launch.environment());
        boolean anyName = shim.interpreter() == Shim.Interpreter.PERL;
        Path program = Preflight.check(work, launch.output().log(), environment, anyName);
        String run = Machine.newName();
        environment.put(Records.COOKIE, run);
        environment.put("REEVE_INSTANCE", folder.id().toString());
        var intent = new Intent(run, boot, launch.spec(), cgroups.parent().map(parent -> parent.resolve(run)));
        folder.write(intent);
        cgroups.make(run); // where that fails the program does not join, and its session serves instead
        try {
            Shim.Answer answer = shim.start(folder, run, shim.request(folder, intent, program, work, launch.output().log(), environment));
            return started(folder, answer);
        } finally {
            if (!live.containsKey(folder.id())) {
                intent.cgroup().map(ProcessSet::ofCgroup).ifPresent(ProcessSet::remove);
            }
        }
    }

    private Started started(InstanceFolder folder, Shim.Answer answer) throws IOException {
        if (answer instanceof Shim.Answer.Failed(String reason)) {
            folder.clear();
            return new Started.Failed(reason);
        }
        return switch (observe(folder)) {
            case Observed.Running(Intent _, Identity identity) -> new Started.Ok(watch(folder, identity));
            case Observed.Ended(Intent _, Identity identity, Exit _) -> new Started.Ok(watch(folder, identity));
            case Observed.NeverRan _, Observed.Nothing _ -> {
                folder.clear();
                yield new Started.Failed("cannot start " + folder.id() + ": its shim ended without a word");
            }
        };
    }

    /// Waits, where the end of the last run is just being dealt with, until it is reported.
    private void awaitReport(InstanceId id) {
        Live last = live.get(id);
        if (last == null || last.identity.alive(boot)) {
            return;
        }
        try {
            last.reported.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Observed observe(InstanceFolder folder) throws IOException {
        Optional<Intent> found = folder.intent();
        if (found.isEmpty()) {
            return new Observed.Nothing();
        }
        Intent intent = found.get();
        if (folder.identity(intent.run()).isEmpty() && intent.boot().equals(boot)) {
            endUnfinishedStart(folder, intent.run());
        }
        Optional<Identity> recorded = folder.identity(intent.run());
        if (recorded.isEmpty()) {
            return new Observed.NeverRan(intent);
        }
        Identity identity = recorded.get();
        if (identity.alive(boot)) {
            return new Observed.Running(intent, identity);
        }
        return new Observed.Ended(intent, identity, exit(folder, identity));
    }

    /// A Reeve that was killed may have left a shim that is about to start the program: waits until it has, or is gone.
    private void endUnfinishedStart(InstanceFolder folder, String run) {
        Patience.within(SHIM_WORKS, () -> recorded(folder, run) || bearers(run).isEmpty());
        if (!recorded(folder, run)) {
            bearers(run).forEach(bearer -> Processes.signal(bearer.pid(), bearer.startTicks(), Processes.SIGKILL));
        }
    }

    private static boolean recorded(InstanceFolder folder, String run) {
        try {
            return folder.identity(run).isPresent();
        } catch (IOException e) {
            throw new OsException("cannot read " + folder.path() + ": " + e.getMessage(), e);
        }
    }

    /// All processes that were started with the cookie of a run.
    private static List<ProcessFacts> bearers(String run) {
        String cookie = Records.COOKIE + "=" + run;
        return Processes.all(facts -> Processes.startedWith(facts.pid(), cookie));
    }

    /// How a run ended whose program is gone; waits for its shim to write it down.
    private Exit exit(InstanceFolder folder, Identity identity) throws IOException {
        if (identity.boot().equals(boot)) {
            Patience.within(SHIM_WORKS, () -> !Processes.alive(identity.shim(), identity.shimStartTicks()));
        }
        return folder.end(identity.run()).orElseGet(Exit.Unknown::new);
    }

    /// Watches a run; does nothing where it is watched already.
    private Run watch(InstanceFolder folder, Identity identity) {
        var candidate = new Live(folder, identity, new CountDownLatch(1));
        Live known = live.putIfAbsent(folder.id(), candidate);
        if (known == null) {
            watch.watch(identity.pid(), identity.startTicks(), () -> Thread.ofVirtual()
                    .name("end of " + folder.id())
                    .start(() -> report(candidate)));
        }
        return candidate.run();
    }

    private void report(Live ended) {
        Exit exit = new Exit.Unknown();
        try {
            exit = exit(ended.folder, ended.identity);
            sweep(ended.identity.cgroup(), ended.identity);
        } catch (IOException | RuntimeException e) { // whatever it is, the end is reported: others wait for that
            LOG.error("cannot clean up: instance={} reason={}", ended.folder.id(), e.getMessage(), e);
        }
        live.remove(ended.folder.id(), ended);
        ended.reported.countDown();
        if (!closed) {
            listener.ended(ended.folder.id(), ended.run(), exit);
        }
    }

    /// Kills what a run that has ended left behind. By the cgroup, which has its name, or by the cookie; never by a number that
    /// may be somebody else's by now.
    private void sweep(Optional<Path> cgroup, Identity identity) {
        cgroup.map(ProcessSet::ofCgroup).ifPresent(processes -> {
            processes.kill();
            processes.remove();
        });
        if (identity.cgroup().isEmpty() && identity.boot().equals(boot)) {
            bearers(identity.run()).stream()
                    .filter(bearer -> bearer.pid() != identity.shim())
                    .forEach(bearer -> Processes.signal(bearer.pid(), bearer.startTicks(), Processes.SIGKILL));
        }
    }

    @Override
    public void signal(InstanceId id, Run run, StopSignal signal) {
        alive(id, run).ifPresentOrElse(identity -> {
            Processes.signalGroup(identity.pid(), signal.number());
            if (signal == StopSignal.SIGKILL) {
                identity.processes().kill(); // also those that are frozen, or left the group
            }
        }, refusedSignals::increment);
    }

    /// Signals that were not sent, because nothing proved that the process was still the one that was meant.
    public long refusedSignals() {
        return refusedSignals.sum();
    }

    @Override
    public void freeze(InstanceId id, Run run) {
        Identity identity = alive(id, run)
                .orElseThrow(() -> new Failure(Failure.Kind.CONFLICT, "cannot freeze " + id + ": it is not running"));
        try {
            identity.processes().freeze();
        } catch (OsException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot freeze " + id + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void thaw(InstanceId id, Run run) {
        try {
            alive(id, run).ifPresent(identity -> identity.processes().thaw());
        } catch (OsException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot thaw " + id + ": " + e.getMessage(), e);
        }
    }

    /// The identity of a run that is ours and alive at this moment.
    private Optional<Identity> alive(InstanceId id, Run run) {
        return Optional.ofNullable(live.get(id))
                .map(Live::identity)
                .filter(identity -> identity.run().equals(run.run()) && identity.alive(boot));
    }

    @Override
    public Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output) {
        throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command beside " + id + ": not built yet");
    }

    @Override
    public Session open(InstanceId id, Run run, Interaction interaction) {
        return alive(id, run).map(identity -> new Beside(id, identity, inherited).open(interaction)).orElseThrow(() ->
                new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is not running"));
    }

    @Override
    public Session once(InstanceId id, Launch launch, Interaction interaction) {
        return oneOff.open(id, launch, interaction);
    }

    @Override
    public Optional<Usage> usage(InstanceId id, Run run) {
        return Optional.empty();
    }

    @Override
    public void forget(InstanceId id) {
        awaitReport(id);
        if (live.containsKey(id)) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot forget " + id + ": it is running");
        }
        try {
            InstanceFolder.of(instances, id).remove(instances);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot forget " + id + ": " + e.getMessage(), e);
        }
    }

    /// Stops watching; the programs live on.
    @Override
    public void close() {
        closed = true;
        watch.close();
    }
}
