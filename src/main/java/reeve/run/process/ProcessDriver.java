package reeve.run.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Gatherers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.os.Cgroups;
import reeve.base.os.Controllers;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.base.os.PidWatch;
import reeve.base.os.Processes;
import reeve.declare.settings.Listener;
import reeve.model.Exit;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.StopSignal;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;
import reeve.run.process.Traces.Observed;
import reeve.run.supervise.Driver;

/// Runs instances as processes of this machine. They outlive this driver: the next one finds them again.
///
/// A start goes: intent on disk → cgroup → shim → identity on disk, by the shim's child → program. Wherever that is cut off,
/// [#adopt] and [#start] see from the folder and from the cookie in `/proc` whether a program runs, may yet run, or never did.
public final class ProcessDriver implements Driver {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessDriver.class);

    /// Reading files keeps a processor busy; more are of use where one waits for a shim that is not done.
    private static final int ADOPTED_AT_ONCE = 16;

    private final Path instances;
    private final Map<String, String> inherited;
    private final Listener listener;
    private final Groundwork groundwork;
    private final Shim shim;
    private final LogKeeper logs;
    private final OneOff oneOff;
    private final Notices notices;
    private final String boot = Machine.bootId();
    private final Traces traces = new Traces(boot);
    private final PidWatch watch = new PidWatch();
    private final Map<InstanceId, Live> live = new ConcurrentHashMap<>();
    private final LongAdder refusedSignals = new LongAdder();
    private volatile boolean closed;

    /// A run that is watched.
    /// @param killed   whether Reeve killed it: then it was not for its memory
    /// @param reported opened after its end was told to the listener
    private record Live(InstanceFolder folder, Intent intent, Identity identity, AtomicBoolean killed, CountDownLatch reported) {
        Run run() {
            return new Run(identity.run(), identity.pid());
        }
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
        this.groundwork = new Groundwork(state.toAbsolutePath(), boot, this.inherited, cgroups,
                cgroups.parent().isPresent() ? Controllers.find(cgroups) : Controllers.none(), interpreter == Shim.Interpreter.PERL);
        this.logs = new LogKeeper(time, () -> state.toFile().getUsableSpace()); // the logs lie there
        this.notices = new Notices(listener);
        try {
            InstanceFolder.makePrivate(instances);
            this.shim = Shim.install(state.toAbsolutePath(), interpreter, time);
            this.oneOff = new OneOff(state.toAbsolutePath().resolve("once"), groundwork, traces, shim);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot use state folder " + state + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<Found> adopt() {
        oneOff.sweepAll();
        try {
            return InstanceFolder.all(instances).stream().gather(Gatherers.mapConcurrent(ADOPTED_AT_ONCE, this::adopt))
                    .flatMap(Optional::stream).toList();
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read " + instances + ": " + e.getMessage(), e);
        }
    }

    private Optional<Found> adopt(InstanceFolder folder) {
        try {
            return switch (traces.observe(folder)) {
                case Observed.Running(Intent intent, Identity identity) -> {
                    Run run = watch(folder, intent, identity);
                    yield Optional.of(new Found.Alive(folder.id(), run, intent.spec(), identity.processes().frozen()));
                }
                case Observed.Ended(Intent intent, Identity identity, Exit exit) -> {
                    traces.sweep(intent, identity);
                    yield Optional.of(new Found.Ended(folder.id(), intent.spec(), exit));
                }
                case Observed.NeverRan(Intent intent) -> {
                    Traces.remove(intent);
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
            return switch (traces.observe(folder)) {
                case Observed.Running(Intent intent, Identity identity) ->
                    new Started.AlreadyRunning(watch(folder, intent, identity));
                case Observed.Ended(Intent intent, Identity identity, Exit _) -> {
                    awaitReport(id);
                    traces.sweep(intent, identity);
                    yield startNew(folder, launch, progress);
                }
                case Observed.NeverRan(Intent intent) -> {
                    Traces.remove(intent);
                    yield startNew(folder, launch, progress);
                }
                case Observed.Nothing _ -> startNew(folder, launch, progress);
            };
        } catch (Preflight.Refused e) {
            return new Started.Failed(e.getMessage());
        } catch (IOException | OsException e) {
            return new Started.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Started startNew(InstanceFolder folder, Launch launch, Consumer<String> progress) throws Preflight.Refused, IOException {
        Groundwork.Plan plan = groundwork.plan(folder.id(), launch);
        Preflight.prepareLog(launch.output().log());
        say(folder.id(), plan.limits().unenforced(), progress);
        Intent intent = plan.intent();
        folder.write(intent);
        try {
            groundwork.lay(plan);
            if (intent.notifies() && intent.belongings().isPresent()) {
                notices.listen(folder.id(), intent.belongings().get());
            }
            Request request = plan.complete(Request.start(folder, intent, launch.output().log()));
            return started(folder, shim.start(folder, intent.run(), request));
        } finally {
            if (!live.containsKey(folder.id())) {
                notices.release(folder.id());
                Traces.remove(intent);
            }
        }
    }

    private static void say(InstanceId id, List<String> unenforced, Consumer<String> progress) {
        for (String words : unenforced) {
            LOG.warn("limit not enforced: instance={} reason={}", id, words);
            progress.accept(words);
        }
    }

    private Started started(InstanceFolder folder, Shim.Answer answer) throws IOException {
        if (answer instanceof Shim.Answer.Failed(String reason)) {
            folder.clear();
            return new Started.Failed(reason);
        }
        return switch (traces.observe(folder)) {
            case Observed.Running(Intent intent, Identity identity) -> new Started.Ok(watch(folder, intent, identity));
            case Observed.Ended(Intent intent, Identity identity, Exit _) -> new Started.Ok(watch(folder, intent, identity));
            case Observed.NeverRan _, Observed.Nothing _ -> {
                folder.clear();
                yield new Started.Failed("its shim ended without a word");
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

    /// Watches a run; does nothing where it is watched already.
    private Run watch(InstanceFolder folder, Intent intent, Identity identity) {
        var candidate = new Live(folder, intent, identity, new AtomicBoolean(), new CountDownLatch(1));
        Live known = live.putIfAbsent(folder.id(), candidate);
        if (known == null) {
            listen(folder.id(), intent, identity);
            intent.output().ifPresent(output -> logs.keep(folder.id(), output));
            watch.watch(identity.pid(), identity.startTicks(), () -> Thread.ofVirtual()
                    .name("end of " + folder.id())
                    .start(() -> report(candidate)));
        }
        return candidate.run();
    }

    /// Listens to a run that is adopted, at the path it was told; one that was started is listened to already.
    private void listen(InstanceId id, Intent intent, Identity identity) {
        try {
            if (intent.notifies() && intent.belongings().isPresent() && !notices.listens(id)) {
                notices.listen(id, intent.belongings().get());
            }
            notices.known(id, identity);
        } catch (IOException e) {
            LOG.error("cannot listen: instance={} reason={}", id, e.getMessage());
        }
    }

    private void report(Live ended) {
        Exit exit = new Exit.Unknown();
        try {
            exit = traces.exit(ended.folder, ended.identity);
            if (exit instanceof Exit.OutOfMemory && ended.killed.get()) {
                exit = new Exit.Signalled(Processes.SIGKILL);
            }
            traces.sweep(ended.intent, ended.identity);
            notices.release(ended.folder.id());
            logs.release(ended.folder.id());
        } catch (IOException | RuntimeException e) { // whatever it is, the end is reported: others wait for that
            LOG.error("cannot clean up: instance={} reason={}", ended.folder.id(), e.getMessage(), e);
        }
        live.remove(ended.folder.id(), ended);
        ended.reported.countDown();
        if (!closed) {
            listener.ended(ended.folder.id(), ended.run(), exit);
        }
    }

    @Override
    public void signal(InstanceId id, Run run, StopSignal signal) {
        alive(id, run).ifPresentOrElse(identity -> {
            if (signal == StopSignal.SIGKILL) {
                Optional.ofNullable(live.get(id)).ifPresent(running -> running.killed.set(true));
            }
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
        return running(id, run).map(Live::identity);
    }

    private Optional<Live> running(InstanceId id, Run run) {
        return Optional.ofNullable(live.get(id)).filter(each -> each.run().equals(run) && each.identity.alive(boot));
    }

    @Override
    public Executed exec(InstanceId id, Run run, List<String> command, Duration timeout, int output) {
        return beside(id, run).run(command, timeout, output);
    }

    @Override
    public Session open(InstanceId id, Run run, Interaction interaction) {
        return beside(id, run).open(interaction);
    }

    private Beside beside(InstanceId id, Run run) {
        return running(id, run).map(each -> new Beside(shim, inherited, id, each.intent, each.identity)).orElseThrow(() ->
                new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is not running"));
    }

    @Override
    public Session once(InstanceId id, Launch launch, Interaction interaction) {
        return oneOff.open(id, launch, interaction);
    }

    @Override
    public Optional<Usage> usage(InstanceId id, Run run) {
        return running(id, run).map(each -> usage(each.intent, each.identity));
    }

    private static Usage usage(Intent intent, Identity identity) {
        List<Long> members = identity.processes().members();
        OptionalLong memory = Groundwork.memory(intent).map(Controllers::memory).orElse(OptionalLong.empty());
        OptionalLong micros = identity.cgroup().map(Controllers::cpuMicros).orElse(OptionalLong.empty());
        return new Usage(
                memory.orElseGet(() -> members.stream().mapToLong(Processes::memory).sum()),
                micros.isPresent() ? Duration.of(micros.getAsLong(), ChronoUnit.MICROS)
                        : members.stream().map(Processes::cpu).reduce(Duration.ZERO, Duration::plus),
                members.size());
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
        logs.close();
        notices.close();
        watch.close();
    }
}
