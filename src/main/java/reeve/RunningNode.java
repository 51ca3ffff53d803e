package reeve;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Closer;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.base.http.HttpTarget;
import reeve.base.os.Courier;
import reeve.base.os.Notify;
import reeve.base.os.OpenListener;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.front.cli.NodeServer;
import reeve.front.client.ReeveClient;
import reeve.model.Address;
import reeve.model.Failure;

/// A node in this process, from its start to its end: whole at first, and a data plane that drains once a successor has taken over.
final class RunningNode implements NodeServer.Node, Wiring.Whole {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);

    /// A launcher may build first.
    private static final Duration STARTS = Duration.ofMinutes(3);
    private static final Duration PREPARES = Duration.ofSeconds(30);
    private static final Duration COMES_UP = Duration.ofSeconds(40);
    private static final Duration ENDS = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration FOLLOW = Duration.ofMillis(500);
    private static final Duration ASK = Duration.ofSeconds(30);

    private final Wiring.Start start;
    private final DataPlane data;
    private final Launch launch;
    private final SystemTime time = new SystemTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private Optional<Wiring> wiring = Optional.empty();
    private Wiring.Doors doors;
    private Optional<Failure> broken = Optional.empty();
    private boolean handingOver;
    private volatile boolean ready;
    private volatile boolean closed;

    /// How a successor is started, and who is to hear of it.
    /// @param manager  who started this node and waits for its word
    /// @param followed whether somebody waits for the end of this very process: it then stays until its last successor ends
    interface Launch {
        /// @param door where it finds this node
        /// @return its process, which may have ended already
        long successor(Path door) throws IOException;

        Notify manager();

        boolean followed();
    }

    /// @throws IOException where it cannot be built; what it was given is closed then
    RunningNode(Wiring.Start start, Wiring.Doors doors, DataPlane data, Launch launch) throws IOException {
        this.start = start;
        this.doors = doors;
        this.data = data;
        this.launch = launch;
        this.ready = !start.succeeds();
        try {
            this.wiring = Optional.of(new Wiring(start, doors, data, this));
        } catch (IOException | RuntimeException e) {
            data.close();
            time.close();
            throw e;
        }
    }

    @Override
    public void shutdown() {
        ended.countDown();
    }

    /// To be called just before the predecessor is told that this node is up.
    void expectPredecessor() {
        wiring.ifPresent(Wiring::expectPredecessor);
        ready = true;
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public synchronized void upgrade() {
        if (handingOver || closed) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot upgrade: a new Reeve is being started already");
        }
        handingOver = true;
        Thread.ofVirtual().name("upgrade").start(this::handOver);
    }

    private void handOver() {
        Path door = start.settings().socket().resolveSibling("successor." + ProcessHandle.current().pid());
        var kept = new Closer();
        try (Courier.Door open = Courier.open(door)) {
            try (HandOver successor = new HandOver(await(open, launch.successor(door)))) {
                handOver(successor, kept);
            }
        } catch (IOException | Failure e) {
            LOG.error("cannot upgrade: reason={}", e.getMessage());
            goOn(String.valueOf(e.getMessage()));
        } finally {
            kept.close();
        }
    }

    private Courier await(Courier.Door open, long pid) throws IOException {
        Elapsed until = time.elapsed().plus(STARTS);
        while (!time.elapsed().reached(until)) {
            boolean alive = isAlive(pid);
            Optional<Courier> come = open.accept(FOLLOW);
            if (come.isPresent()) {
                return come.get();
            }
            if (!alive) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "the new Reeve ended at once; its log says why");
            }
        }
        throw new Failure(Failure.Kind.TIMEOUT, "the new Reeve did not start within " + STARTS.toMinutes() + " minutes");
    }

    private void handOver(HandOver successor, Closer kept) throws IOException {
        successor.awaitHello(PREPARES);
        ProcessFacts process = Processes.facts(successor.peer())
                .orElseThrow(() -> new Failure(Failure.Kind.UNAVAILABLE, "the new Reeve has ended"));
        Map<String, TakenSockets.Taken> sockets = sockets(kept);
        try {
            successor.offer(sockets);
            successor.awaitPrepared(PREPARES);
            yieldControl();
            successor.letGo();
            successor.awaitUp(COMES_UP);
        } catch (IOException | Failure e) {
            end(process, e);
            takeBack(sockets, String.valueOf(e.getMessage()));
            return;
        }
        LOG.info("upgrade: successor={}", process.pid());
        launch.manager().send("MAINPID=" + process.pid());
        Thread.ofPlatform().name("drain").start(this::drain); // the node's last thread but for who waits for its end
    }

    /// One descriptor more of each socket, so that those of the control plane can be closed with it and taken back.
    private Map<String, TakenSockets.Taken> sockets(Closer kept) throws IOException {
        var sockets = new LinkedHashMap<String, TakenSockets.Taken>();
        sockets.put(TakenSockets.OWNER, copy(Address.loopback(0), doors.owner().descriptor(), kept));
        if (doors.admin().isPresent()) {
            Listening admin = doors.admin().get();
            sockets.put(TakenSockets.ADMIN, copy(admin.address(), admin.socket().descriptor(), kept));
        }
        for (Map.Entry<String, TakenSockets.Taken> one : data.proxy().sockets().all().entrySet()) {
            sockets.put(one.getKey(), copy(one.getValue().address(), one.getValue().descriptor(), kept));
        }
        return sockets;
    }

    private static TakenSockets.Taken copy(Address address, int descriptor, Closer kept) throws IOException {
        int copy = OpenListener.duplicate(descriptor);
        kept.register(() -> OpenListener.close(copy));
        return new TakenSockets.Taken(address, copy);
    }

    private synchronized void yieldControl() {
        if (closed) {
            throw new Failure(Failure.Kind.CONFLICT, "Reeve is shutting down");
        }
        launch.manager().send("WATCHDOG=1"); // its time begins anew: nobody tells it anything until the successor does
        wiring.ifPresent(Wiring::letGo);
        wiring = Optional.empty();
    }

    /// Ends a successor that did not come up: from here on it must not touch anything.
    private void end(ProcessFacts successor, Exception why) {
        LOG.warn("upgrade failed: successor={} reason={}", successor.pid(), why.getMessage());
        Processes.signal(successor.pid(), successor.startTicks(), Processes.SIGKILL);
        if (!Waiting.until(time, LOOK, ENDS, () -> !Processes.alive(successor.pid(), successor.startTicks()))) {
            LOG.error("upgrade failed: the successor does not end, although it was killed: successor={}", successor.pid());
        }
    }

    /// The control plane once more, on the same sockets and around the same data plane.
    private synchronized void takeBack(Map<String, TakenSockets.Taken> sockets, String why) throws IOException {
        if (wiring.isPresent() || closed) {
            goOn(why);
            return;
        }
        try {
            doors = new Wiring.Doors(OpenListener.take(OpenListener.duplicate(sockets.get(TakenSockets.OWNER).descriptor())),
                    doors.admin().isEmpty() ? Optional.empty() : Optional.of(doors.admin().get()
                            .on(OpenListener.take(OpenListener.duplicate(sockets.get(TakenSockets.ADMIN).descriptor())))));
            wiring = Optional.of(new Wiring(start, doors, data, this));
            goOn(why);
        } catch (IOException | RuntimeException e) {
            broken = Optional.of(new Failure(Failure.Kind.UNAVAILABLE, "cannot go on after an upgrade that failed (" + why + "): "
                    + e.getMessage(), e));
            ended.countDown();
        }
    }

    private synchronized void goOn(String why) {
        handingOver = false;
        wiring.ifPresent(node -> node.record("upgrade_failed", why));
    }

    /// What is open here goes on beside the successor, for as long as it may.
    private void drain() {
        data.proxy().retire();
        data.follow(new HttpTarget.Unix(start.settings().socket()), Optional.empty(), "predecessor-" + ProcessHandle.current().pid());
        Waiting.until(time, LOOK, start.settings().proxy().changes().upgradeGrace(), () -> closed || data.proxy().connections() == 0);
        data.close();
        LOG.info("upgrade: the last connection here has ended");
        if (launch.followed()) {
            followSuccessors();
        }
        ended.countDown();
    }

    /// Returns when no node serves the socket any more.
    private void followSuccessors() {
        Optional<Long> pid = servingNode();
        while (pid.isPresent() && !closed) {
            long there = pid.get();
            Waiting.until(time, FOLLOW, Duration.ofDays(36_500), () -> closed || !isAlive(there));
            pid = closed ? Optional.empty() : servingNode();
        }
    }

    private static boolean isAlive(long pid) {
        return Processes.facts(pid).filter(facts -> !facts.gone()).isPresent(); // a zombie is not
    }

    private Optional<Long> servingNode() {
        try {
            return Optional.of(new ReeveClient(new HttpTarget.Unix(start.settings().socket()), Optional.empty(), ASK, time).node().pid());
        } catch (Failure e) {
            return Optional.empty(); // nobody is there
        }
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
        if (broken.isPresent()) {
            throw broken.get();
        }
    }

    @Override
    public void close() {
        Optional<Wiring> whole;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            whole = wiring;
        }
        if (whole.isPresent()) {
            launch.manager().send("STOPPING=1");
            whole.get().close();
        } else if (launch.followed()) {
            servingNode().flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroy); // whoever ends this process means the node
        }
        data.close();
        time.close();
        ended.countDown();
    }
}
