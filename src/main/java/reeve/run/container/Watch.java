package reeve.run.container;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Patience;
import reeve.base.Time;
import reeve.base.os.Machine;
import reeve.base.os.PidWatch;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Listener;
import reeve.run.supervise.Driver.Run;

/// Which containers run, and what becomes of them without Reeve's doing.
///
/// The kernel tells first when a container's first process is gone; Podman's events and a list every ten seconds tell what it
/// cannot. All three are hints: what counts is what Podman then says of that container. While Podman does not answer its
/// instances are silent, and nothing is decided about them. Any thread; looking takes place on virtual threads, one for each
/// container, so that one that hangs delays no other.
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /// From the end of a container's process until its monitor has told Podman.
    private static final Duration MONITOR_WRITES = Duration.ofSeconds(5);

    private final Podman podman;
    private final Records records;
    private final Listener listener;
    private final Consumer<Container> others;
    private final Time time;
    private final Duration betweenLists;
    private final PidWatch processes = new PidWatch();
    private final LogAges logs;
    private final Events events;
    private final Map<InstanceId, Live> live = new ConcurrentHashMap<>();
    private final Map<InstanceId, String> silent = new ConcurrentHashMap<>();
    private final Map<InstanceId, Integer> hints = new ConcurrentHashMap<>();
    private boolean listing;
    private volatile boolean closed;

    /// A run that is watched.
    /// @param process  its first one, empty where that has ended already
    /// @param memory   the group that bounds it, as long as it is there
    /// @param starved  opened when the kernel was found to have killed in that group
    /// @param reported opened after its end was told to the listener
    private record Live(
            InstanceId id, Run run, Optional<ProcessFacts> process, Optional<MemoryGroup> memory, CountDownLatch starved,
            CountDownLatch reported) {

        Live(InstanceId id, Run run) {
            this(id, run, Processes.facts(run.pid()), MemoryGroup.of(run.pid()), new CountDownLatch(1), new CountDownLatch(1));
        }

        boolean hasProcess() {
            return process.filter(facts -> Processes.alive(facts.pid(), facts.startTicks())).isPresent();
        }

        /// Looked at while the group is still there.
        void lookAtMemory() {
            if (memory.filter(MemoryGroup::killed).isPresent()) {
                starved.countDown();
            }
        }
    }

    /// @param others told, with each list, of every container of ours that is no instance; must return at once
    Watch(Podman podman, Records records, Listener listener, Consumer<Container> others, Time time, Duration betweenLists) {
        this.podman = podman;
        this.records = records;
        this.listener = listener;
        this.others = others;
        this.time = time;
        this.betweenLists = betweenLists;
        this.logs = new LogAges(podman, records, time);
        this.events = new Events(podman, this::hint);
    }

    private void hint(String container) {
        live.values().stream().filter(watched -> watched.run.run().equals(container)).forEach(this::look);
    }

    /// Watches a container that runs already; does nothing where it is watched.
    void add(InstanceId id, Container container) {
        if (!live.containsKey(id)) {
            expect(id, container).run();
        }
    }

    /// Looks from now on at what becomes of a container's first process, which waits to be told to run its program.
    /// @return to be run once it was told so; until then its end is nobody's
    Runnable expect(InstanceId id, Container container) {
        var next = new Live(id, container.run());
        Optional<ProcessFacts> first = Processes.facts(next.run.pid());
        first.ifPresent(facts -> processes.watch(next.run.pid(), facts.startTicks(), () -> {
            next.lookAtMemory();
            look(next);
        }));
        return () -> {
            if (live.putIfAbsent(id, next) == null) {
                if (first.filter(facts -> Processes.alive(facts.pid(), facts.startTicks())).isEmpty()) {
                    look(next); // it was told of before it was looked for
                }
                logs.keep(id, next.run.run(), () -> !closed && live.get(id) == next);
                keepListing();
            }
        };
    }

    /// The run that is watched, if it is this one.
    Optional<Run> run(InstanceId id, Run run) {
        return Optional.ofNullable(live.get(id)).map(Live::run).filter(run::equals);
    }

    boolean watches(InstanceId id) {
        return live.containsKey(id);
    }

    /// Waits, where the end of the last run is just being found out, until it is reported.
    void awaitReport(InstanceId id) {
        Live last = live.get(id);
        if (last == null || Processes.facts(last.run.pid()).filter(facts -> !facts.gone()).isPresent()) {
            return;
        }
        try {
            last.reported.await(MONITOR_WRITES.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // what became of one

    private void look(Live watched) {
        InstanceId id = watched.id;
        if (closed || hints.merge(id, 1, Integer::sum) > 1) {
            return; // whoever looks already looks once more
        }
        Thread.ofVirtual().name("container " + id).start(() -> {
            int heard;
            do {
                heard = hints.getOrDefault(id, 0);
                try {
                    Optional.ofNullable(live.get(id)).ifPresent(this::find);
                } catch (RuntimeException e) {
                    LOG.error("cannot look at a container: instance={}", id, e);
                }
            } while (!hints.remove(id, heard));
        });
    }

    private void find(Live watched) {
        var seen = new Object() {
            Optional<Exit> exit = Optional.empty();
            Optional<PodmanException> failure = Optional.empty();
        };
        boolean process = watched.hasProcess();
        Patience.within(process ? Duration.ZERO : MONITOR_WRITES, () -> {
            try {
                seen.exit = exit(watched.run);
                seen.failure = Optional.empty();
            } catch (PodmanException e) {
                LOG.debug("cannot look at a container: instance={} reason={}", watched.id, e.getMessage());
                seen.failure = Optional.of(e).filter(failure -> failure.is(PodmanException.Kind.SILENT));
            }
            return seen.exit.isPresent() || seen.failure.isPresent();
        });
        if (seen.failure.isPresent()) {
            fallSilent(watched.id, seen.failure.get().getMessage());
        } else if (watched.hasProcess()) {
            answers(watched.id, Optional.empty()); // even where Podman gave up waiting for its end, as of one in D state
        } else if (seen.exit.isPresent() || !process) {
            Exit exit = seen.exit.orElseGet(Exit.Unknown::new); // its monitor is gone too: Podman will never know
            boolean starved = watched.starved.getCount() == 0 && exit instanceof Exit.Signalled(int signal) && signal == Processes.SIGKILL;
            ended(watched, starved ? new Exit.OutOfMemory() : exit);
        } // else it has ended just now, and that is looked at next
    }

    /// How a run ended; empty while Podman takes it for running.
    private Optional<Exit> exit(Run run) throws PodmanException {
        Optional<Container> found = podman.inspect(run.run());
        if (found.isEmpty()) {
            return Optional.of(new Exit.Unknown()); // a stranger removed it
        }
        Container container = found.get();
        if (!container.lives()) {
            return Optional.of(container.exit());
        }
        boolean another = container.pid() != run.pid();
        return another ? Optional.of(new Exit.Unknown()) : Optional.empty(); // a stranger restarted it
    }

    private void ended(Live watched, Exit exit) {
        if (closed || !live.remove(watched.id, watched)) {
            return;
        }
        if (silent.remove(watched.id) != null) {
            listener.answers(watched.id, Optional.of(new Found.Alive(watched.id, watched.run, spec(watched.id), false)));
        }
        listener.ended(watched.id, watched.run, exit);
        watched.reported.countDown();
    }

    private String spec(InstanceId id) {
        try {
            return records.intent(id).map(Records.Intent::spec).orElse("");
        } catch (IOException e) {
            LOG.warn("cannot read a record: instance={} reason={}", id, e.getMessage());
            return "";
        }
    }

    // silence

    void fallSilent(InstanceId id, String reason) {
        if (!closed && silent.put(id, reason) == null) {
            LOG.warn("podman is silent: instance={} reason={}", id, reason);
            listener.silent(id, reason);
        }
        keepListing();
    }

    /// @param row of the list; empty where the container was asked for itself
    private void answers(InstanceId id, Optional<Container> row) {
        Live watched = live.get(id);
        if (watched == null || closed || !silent.containsKey(id)) {
            return;
        }
        try {
            Optional<Container> container = row.isPresent() ? row : podman.inspect(watched.run.run());
            if (silent.remove(id) != null) {
                boolean suspended = container.filter(found -> found.state() == Container.State.PAUSED).isPresent();
                listener.answers(id, Optional.of(new Found.Alive(id, watched.run, spec(id), suspended)));
            }
        } catch (PodmanException e) {
            LOG.debug("podman fell silent again: instance={}", id); // the next list tries again
        }
    }

    // the list

    private synchronized void keepListing() {
        if (!listing && !closed && !(live.isEmpty() && silent.isEmpty())) {
            listing = true;
            time.after(betweenLists, () -> Thread.ofVirtual().name("containers").start(this::list));
        }
    }

    private void list() {
        try {
            if (!closed) {
                seen(podman.list(List.of(Labels.NODE + "=" + records.node()), Podman.LOOK));
                events.listen(records.node());
            }
        } catch (PodmanException | IOException e) {
            // one container may hold up the list of all: each is asked for itself, and those that answer are well
            live.values().forEach(this::look);
        } catch (RuntimeException e) {
            LOG.error("cannot list containers", e);
        } finally {
            synchronized (this) {
                listing = false;
            }
            keepListing();
        }
    }

    private void seen(List<Container> rows) {
        rows.stream().filter(row -> row.instance().isEmpty()).forEach(others);
        Map<String, Container> byId = rows.stream().collect(Collectors.toMap(Container::id, row -> row));
        for (Live watched : live.values()) {
            Container row = byId.get(watched.run.run());
            if (row == null || !row.lives() || row.pid() != watched.run.pid() || !row.hasProcess()) {
                look(watched);
            } else {
                answers(watched.id, Optional.of(row));
            }
        }
        silent.keySet().stream().filter(id -> !live.containsKey(id)).forEach(id -> found(id, rows));
    }

    /// Podman answers for the first time since an instance was looked for.
    private void found(InstanceId id, List<Container> rows) {
        Optional<Container> container = rows.stream().filter(row -> row.instance().filter(id::equals).isPresent())
                .filter(row -> row.state() != Container.State.MADE).findFirst();
        Optional<Found> found = container.map(row -> found(id, row));
        if (silent.remove(id) != null) {
            container.filter(row -> row.lives() && row.hasProcess()).ifPresent(row -> add(id, row));
            listener.answers(id, found);
        }
    }

    /// What is found of an instance whose container was made and started once.
    Found found(InstanceId id, Container row) {
        if (row.lives() && row.hasProcess()) {
            return new Found.Alive(id, row.run(), row.spec(), row.state() == Container.State.PAUSED);
        }
        Optional<Container> ended = bootedSince(id) ? Optional.empty() : ended(row);
        return new Found.Ended(id, row.spec(), ended.map(Container::exit).orElseGet(Exit.Unknown::new));
    }

    /// What ran before the machine was booted has not ended as Podman then says.
    private boolean bootedSince(InstanceId id) {
        try {
            return records.intent(id).filter(intent -> !intent.boot().equals(Machine.bootId())).isPresent();
        } catch (IOException e) {
            LOG.warn("cannot read a record: instance={} reason={}", id, e.getMessage());
            return false;
        }
    }

    /// Looks closer, since a list says nothing of memory; waits for a monitor that has yet to tell Podman of the end.
    private Optional<Container> ended(Container row) {
        var seen = new Object() {
            Optional<Container> container = Optional.empty();
        };
        Patience.within(Patience.LONG, () -> {
            try {
                seen.container = podman.inspect(row.id());
            } catch (PodmanException e) {
                LOG.warn("cannot look at a container: name={} reason={}", row.name(), e.getMessage());
                return true;
            }
            return seen.container.filter(Container::lives).isEmpty();
        });
        return seen.container.filter(container -> !container.lives());
    }

    @Override
    public void close() {
        closed = true;
        events.close();
        processes.close();
    }
}
