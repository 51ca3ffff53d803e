package reeve.serve.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.FeedService;
import reeve.model.wire.WireJson;
import reeve.sleep.DesiredState;
import reeve.sleep.Observed;
import reeve.sleep.SimulatedSleep;
import reeve.sleep.SleepInbox;
import reeve.sleep.SleepSettings;
import reeve.sleep.Traffic;
import reeve.sleep.WakeGate;
import reeve.testing.FakeTraffic;
import reeve.testing.SimulatedProcess;
import reeve.testing.Simulation;

/// A node with one service that sleeps, and three proxies outside it: the real sleep room and both sides of the feed; a network that
/// loses, delays and repeats what they say and parts them for a while; and a node and proxies that crash.
final class FeedWorld {
    static final ServiceId WEB = ServiceId.of("wiki", "web");
    private static final SleepSpec.WhenIdle SPEC = new SleepSpec.WhenIdle(Duration.ofSeconds(2), SleepKind.FREEZE, Duration.ofSeconds(20));
    private static final Duration TROUBLE = Duration.ofSeconds(150);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int PROXIES = 3;

    private final Simulation simulation;
    private final Faults faults;
    private final SimulatedProcess node;
    private final List<RemoteProxy> proxies = new ArrayList<>();
    private int runs;

    /// What outlives the node.
    private boolean suspended;
    private boolean marked;

    /// This life of the node.
    private SleepInbox inbox = new SleepInbox(SleepSettings.DEFAULTS);
    private Optional<Feed> feed = Optional.empty();

    /// What somebody could get wrong.
    /// @param ofNode    what the sleep room sees in place of the feed
    /// @param expected  for how long a new node waits for proxies
    /// @param nodeSide  leases as the node counts
    /// @param proxySide leases as the proxies count
    /// @param lateCount whether reports count as new whenever they arrive
    /// @param skips     whether a step is taken for one that fits
    /// @param mute      whether outcomes are never told
    record Faults(UnaryOperator<Traffic> ofNode, Duration expected, Leases nodeSide, Leases proxySide,
            boolean lateCount, boolean skips, boolean mute) {
        static final Faults NONE =
                new Faults(traffic -> traffic, Leases.DEFAULT.node(), Leases.DEFAULT, Leases.DEFAULT, false, false, false);
    }

    FeedWorld(Simulation simulation, Faults faults) {
        this.simulation = simulation;
        this.faults = faults;
        this.node = new SimulatedProcess(simulation, "node", this::startNode);
        for (int i = 1; i <= PROXIES; i++) {
            proxies.add(new RemoteProxy("p" + i));
        }
    }

    static void play(Simulation simulation, Faults faults) {
        new FeedWorld(simulation, faults).play();
    }

    private void startNode(SimulatedProcess process) {
        inbox = new SleepInbox(SleepSettings.DEFAULTS);
        var real = new Feed("run" + ++runs, new FakeTraffic(process.time()), inbox, this::rows,
                marked ? faults.expected : Duration.ZERO, there -> marked = there, faults.nodeSide, process.time());
        feed = Optional.of(real);
        var wishes = new Wishes(process);
        SimulatedSleep.join(process, inbox, faults.ofNode.apply(real), wishes,
                (_, what, why, _) -> simulation.note("journal", what + ": " + why));
        inbox.declared(WEB, SPEC);
        inbox.observed(WEB, suspended ? new Observed.Asleep(SleepKind.FREEZE) : new Observed.Awake());
    }

    private Map<String, String> rows() {
        var standing = new FeedService(true, suspended ? "asleep" : "serving", "", "", List.of());
        return Map.of("service/" + WEB, WireJson.strict().write(standing));
    }

    /// Reconcile, as far as sleep goes: one wish after the other.
    private final class Wishes implements DesiredState {
        private final SimulatedProcess process;
        private final SimulatedProcess.Lane lane;

        Wishes(SimulatedProcess process) {
            this.process = process;
            this.lane = process.lane("wishes", MOMENT, Duration.ofMillis(200));
        }

        @Override
        public void wantRunning(ServiceId service, String why) {
            lane.send("run", () -> {
                suspended = false;
                feed.ifPresent(Feed::changed);
                process.after(MOMENT, "awake", () -> inbox.observed(WEB, new Observed.Awake()));
            });
        }

        @Override
        public void wantAsleep(ServiceId service, SleepKind how, String why) {
            lane.send("sleep", () -> {
                suspended = true;
                feed.ifPresent(Feed::changed);
                process.after(MOMENT, "asleep", () -> inbox.observed(WEB, new Observed.Asleep(how)));
            });
        }
    }

    private void play() {
        simulation.invariant("never a request open at a suspended instance", () -> !suspended ? Optional.empty()
                : proxies.stream().filter(proxy -> proxy.process.running() && proxy.traffic.activity(WEB).open() > 0).findFirst()
                        .map(proxy -> "it is frozen under " + proxy.name));
        simulation.invariant("every waiting request is answered once, and in time", () -> proxies.stream()
                .flatMap(proxy -> proxy.clients.stream()).filter(client -> client.answers > 1 || client.waitsTooLong()).findFirst()
                .map(client -> client + " has " + client.answers + " answers"));
        node.start();
        proxies.forEach(proxy -> proxy.process.start());
        proxies.forEach(RemoteProxy::scheduleClient);
        trouble();
        simulation.run(TROUBLE);
        simulation.stopFaults();
        simulation.run(Duration.ofSeconds(60));
        proxies.forEach(RemoteProxy::requireService);
        simulation.run(Duration.ofSeconds(60));
        if (!suspended) {
            simulation.fail("convergence: left alone it runs: " + inbox.status(WEB));
        }
        proxies.reversed().forEach(RemoteProxy::requireService);
    }

    private void trouble() {
        simulation.after(simulation.between(MOMENT, Duration.ofSeconds(25)), "trouble", () -> {
            if (!simulation.faultsGoOn()) {
                return;
            }
            RemoteProxy proxy = simulation.pick(proxies);
            switch (simulation.random().nextInt(3)) {
                case 0 -> {
                    if (node.running()) {
                        node.crash(simulation.between(MOMENT, Duration.ofSeconds(20)));
                    }
                }
                case 1 -> {
                    if (proxy.process.running()) {
                        proxy.process.crash(simulation.between(MOMENT, Duration.ofSeconds(20)));
                    }
                }
                default -> proxy.partedUntil = simulation.time().elapsed().plus(simulation.between(MOMENT, Duration.ofSeconds(40)));
            }
            trouble();
        });
    }

    /// A proxy as a process of its own.
    final class RemoteProxy {
        private final String name;
        private final SimulatedProcess process;
        private final List<Client> clients = new ArrayList<>();
        private FakeTraffic traffic;
        private FedProxy fed;
        private boolean asleep;
        private boolean known;
        private Elapsed partedUntil = simulation.time().elapsed();

        RemoteProxy(String name) {
            this.name = name;
            this.traffic = new FakeTraffic(simulation.time());
            this.fed = fed(simulation.time());
            this.process = new SimulatedProcess(simulation, name, this::start);
        }

        private FedProxy fed(Time time) {
            return new FedProxy(name, "i" + ++runs, traffic, Map::of, this::publish, 1000, faults.proxySide, time);
        }

        private void start(SimulatedProcess begun) {
            clients.clear();
            known = false;
            traffic = new FakeTraffic(begun.time());
            fed = fed(begun.time());
            fed.onNews(() -> begun.after(MOMENT, "news", this::report));
            poll();
            reportAgain();
            look();
        }

        private void publish(Map<String, String> rows) {
            known = true;
            asleep = Optional.ofNullable(rows.get("service/" + WEB))
                    .map(json -> WireJson.strict().read(FeedService.class, json).stands().equals("asleep")).orElse(false);
        }

        private boolean parted() {
            return simulation.faultsGoOn() && !simulation.time().elapsed().reached(partedUntil);
        }

        /// Over the network, where it gets through: nothing comes of it otherwise, and it may come twice and late.
        private void carry(SimulatedProcess to, String what, Runnable event) {
            int copies = simulation.fault(0.1) ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                if (!parted() && !simulation.fault(0.1)) {
                    Duration late = simulation.fault(0.1) ? simulation.between(MOMENT, Duration.ofSeconds(3))
                            : simulation.between(MOMENT, Duration.ofMillis(30));
                    to.after(late, what, event);
                }
            }
        }

        private void poll() {
            process.after(simulation.between(Duration.ofMillis(50), Duration.ofMillis(300)), "asks for rows", () -> {
                FedProxy mine = fed;
                if (!node.running() && !parted()) {
                    mine.nobodyThere();
                }
                carry(node, name + " asks for rows", () -> {
                    Feed there = feed.orElseThrow();
                    there.join(name, mine.incarnation());
                    there.since(mine.feed(), mine.applied()).forEach(line ->
                            carry(process, "a line", () -> {
                                if (mine == fed) {
                                    mine.apply(faults.skips ? new FeedLine(line.feed(), Math.min(line.from(), mine.applied()),
                                            line.version(), line.last(), line.from() == 0 ? line.put() : List.of(), line.gone()) : line);
                                }
                            }));
                });
                poll();
            });
        }

        private void reportAgain() {
            process.after(Duration.ofMillis(500), "reports", () -> {
                report();
                reportAgain();
            });
        }

        private void report() {
            FedProxy mine = fed;
            FeedReport report = mine.report(false);
            carry(node, name + " says " + report, () -> {
                FeedReply reply = feed.orElseThrow().report(faults.lateCount ? renumbered(report) : report);
                FeedReply told = faults.mute ? new FeedReply(reply.known(), reply.current(), List.of()) : reply;
                carry(process, "is told " + told, () -> {
                    if (mine == fed) {
                        mine.answered(report.number(), told);
                    }
                });
            });
        }

        private FeedReport renumbered(FeedReport report) {
            return new FeedReport(report.proxy(), report.incarnation(), ++runs + 1_000_000L, report.feed(), report.applied(),
                    report.counts(), report.open(), report.asks(), report.leaves());
        }

        private void look() {
            process.after(Duration.ofSeconds(1), "looks", () -> {
                fed.look();
                look();
            });
        }

        void scheduleClient() {
            Duration pause = simulation.between(Duration.ZERO, simulation.chance(0.5) ? Duration.ofMillis(100) : Duration.ofSeconds(12));
            simulation.after(pause, "a client", () -> {
                if (simulation.faultsGoOn()) {
                    scheduleClient();
                    // shorter than the node's lease is longer than the proxy's: see docs/roles.md
                    new Client(this, simulation.between(MOMENT,
                            simulation.chance(0.1) ? Duration.ofSeconds(4) : Duration.ofMillis(50))).knock();
                }
            });
        }

        void requireService() {
            var client = new Client(this, Duration.ofMillis(10));
            client.knock();
            simulation.run(Duration.ofSeconds(5));
            if (!client.served()) {
                simulation.fail("convergence: " + client + " was not served");
            }
        }
    }

    /// One request.
    final class Client implements WakeGate.Waiter {
        private final RemoteProxy proxy;
        private final Duration length;
        private final Elapsed since = simulation.time().elapsed();
        private final int number = ++runs;
        private int answers;
        private boolean forwarded;
        private Optional<Client> next = Optional.empty();

        Client(RemoteProxy proxy, Duration length) {
            this.proxy = proxy;
            this.length = length;
        }

        void knock() {
            if (!proxy.process.running() || !proxy.known) {
                return; // refused, or 404
            }
            if (proxy.asleep || !proxy.traffic.enter(WEB)) {
                simulation.note(proxy.name, this + " waits");
                proxy.clients.add(this);
                proxy.fed.await(WEB, this);
            } else if (suspended) {
                simulation.fail("never a request forwarded to a suspended instance: " + this);
            } else {
                forwarded = true;
                FakeTraffic mine = proxy.traffic;
                proxy.process.after(length, this + " is done", () -> mine.leave(WEB));
            }
        }

        boolean served() {
            return forwarded || next.map(Client::served).orElse(false);
        }

        /// While nothing is wrong any more.
        boolean waitsTooLong() {
            return answers == 0 && !simulation.faultsGoOn() && proxy.process.running()
                    && simulation.time().elapsed().since(since).compareTo(TROUBLE.plusSeconds(50)) > 0;
        }

        @Override
        public void done(WakeGate.Outcome outcome) {
            answers++;
            simulation.note(proxy.name, this + " is told " + outcome);
            if (answers == 1) {
                proxy.clients.remove(this);
            }
            if (outcome instanceof WakeGate.Outcome.Awake && answers == 1) {
                proxy.process.after(simulation.between(Duration.ZERO, MOMENT), this + " goes on", () -> {
                    var again = new Client(proxy, length);
                    next = Optional.of(again);
                    again.knock();
                });
            }
        }

        @Override
        public boolean gone() {
            return false;
        }

        @Override
        public String toString() {
            return "request " + number;
        }
    }
}
