package reeve.serve.feed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.base.http.HttpAnswer;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.wire.FeedHold;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.WireJson;
import reeve.sleep.Traffic;
import reeve.sleep.WakeGate;

/// The node's side of the feed: rows for the proxies, what they report, and the traffic of all proxies as one for the sleep
/// room. Any thread; only [#follow] waits.
public final class Feed implements Traffic {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final int MOST_PROXIES = 1_000;
    private static final List<String> COLLECTED = List.of("app/", "service/");

    private final Traffic local;
    private final WakeGate gate;
    private final Leases leases;
    private final Time time;
    private final FeedRows rows;
    private final Supplier<Map<String, String>> source;
    private final Consumer<Boolean> attached;
    private volatile Elapsed unknownUntil;
    private final AtomicBoolean stale = new AtomicBoolean(true);
    private final Map<String, Attached> proxies = new HashMap<>();
    private final Map<ServiceId, Hold> holds = new HashMap<>();
    private final Map<ServiceId, Past> past = new HashMap<>();
    private long lastHold;
    private long heldSince = 1; // the version with the newest hold

    private record Hold(long number, boolean always) {}

    /// What is known of a service from reports: what runs that have ended had opened, and when a count last changed.
    private record Past(long opened, Elapsed changed) {}

    /// @param run      tells this run of the node from others
    /// @param local    of the proxy in this process
    /// @param gate     where asks of proxies go
    /// @param source   the rows as they should be now, but for holds; asked only while a proxy is there
    /// @param expected for how long there may be proxies that have not been heard of: until then nothing falls asleep
    /// @param attached told before the first proxy is counted, and when there is none any more
    public Feed(String run, Traffic local, WakeGate gate, Supplier<Map<String, String>> source, Duration expected,
            Consumer<Boolean> attached, Leases leases, Time time) {
        this.local = local;
        this.gate = gate;
        this.leases = leases;
        this.time = time;
        this.source = source;
        this.attached = attached;
        this.rows = new FeedRows(run);
        this.unknownUntil = time.elapsed().plus(expected);
    }

    /// There may be proxies that are heard of from now on, within their lease.
    public void expect() {
        unknownUntil = time.elapsed().plus(leases.node());
    }

    // rows

    /// The rows may have changed. Returns at once.
    public void changed() {
        stale.set(true);
        rows.put("", null); // wakes who follows
    }

    /// @return the version that the rows have now, with all that was true when this was called
    public long collect() {
        synchronized (source) { // who comes second waits for the first
            if (stale.compareAndSet(true, false)) {
                rows.replace(COLLECTED, source.get());
            }
            return rows.version();
        }
    }

    /// The version with which every proxy serves what is published now.
    public long published() {
        if (names().isEmpty()) {
            return 0; // nobody to tell
        }
        changed();
        return collect();
    }

    /// Sends rows to a proxy while they change, until it leaves.
    /// @param known   the feed whose rows it has; empty for none
    /// @param version that it has of them
    public void follow(String proxy, String incarnation, String known, long version, HttpAnswer.Sink out) throws IOException {
        if (!join(proxy, incarnation)) {
            return;
        }
        String feed = known;
        long at = version;
        Elapsed said = time.elapsed();
        while (!out.goneWithin(Duration.ZERO)) {
            collect();
            for (FeedLine line : rows.since(feed, at)) {
                out.write(WireJson.strict().write(line) + "\n");
                feed = line.feed();
                at = line.version();
                said = time.elapsed();
            }
            if (!rows.await(feed, at, LOOK)) {
                stale.set(true); // what tells nobody that it changed is looked at from time to time
                if (time.elapsed().since(said).compareTo(leases.proxy().dividedBy(4)) > 0) {
                    out.write("\n");
                    said = time.elapsed();
                }
            }
        }
    }

    /// The same without waiting.
    List<FeedLine> since(String known, long version) {
        collect();
        return rows.since(known, version);
    }

    // proxies

    /// From now on it is counted: to be called before it gets a row.
    /// @return false where there are too many
    synchronized boolean join(String proxy, String incarnation) {
        dropSilent();
        Attached there = proxies.get(proxy);
        if (there != null && there.incarnation.equals(incarnation)) {
            there.heard = time.elapsed();
            return true;
        }
        if (there != null) {
            drop(proxy, "it began anew");
        }
        if (proxies.size() >= MOST_PROXIES) {
            LOG.warn("feed: too many proxies: refused={}", proxy);
            return false;
        }
        if (proxies.isEmpty()) {
            attached.accept(true);
        }
        proxies.put(proxy, new Attached(incarnation, time.elapsed()));
        LOG.info("feed: joined: proxy={} incarnation={}", proxy, incarnation);
        return true;
    }

    /// Takes in what a proxy says.
    public FeedReply report(FeedReport report) {
        var asks = new ArrayList<Runnable>();
        FeedReply reply = take(report, asks);
        asks.forEach(Runnable::run); // the gate may answer at once
        return reply.known() ? outcomes(report.proxy(), reply) : reply;
    }

    private synchronized FeedReply outcomes(String proxy, FeedReply otherwise) {
        Attached there = proxies.get(proxy);
        return there == null ? otherwise : new FeedReply(true, otherwise.current(), there.outcomes());
    }

    private synchronized FeedReply take(FeedReport report, List<Runnable> asks) {
        dropSilent();
        Attached there = proxies.get(report.proxy());
        if (there == null || !there.incarnation.equals(report.incarnation())) {
            return new FeedReply(false, false, List.of());
        }
        there.heard = time.elapsed();
        if (report.number() <= there.number) {
            return new FeedReply(true, false, List.of()); // late, or twice
        }
        there.number = report.number();
        there.applied = report.feed().equals(rows.feed()) ? report.applied() : 0;
        for (FeedReport.FeedCount count : report.counts()) {
            count(there, ServiceId.parse(count.service()), count, asks);
        }
        there.open = report.open().stream()
                .collect(Collectors.toMap(open -> InstanceId.parse(open.instance()), FeedReport.FeedOpen::requests));
        ask(report, there, asks);
        if (report.leaves()) {
            drop(report.proxy(), "it left");
        }
        return new FeedReply(true, there.applied >= heldSince, List.of());
    }

    private void count(Attached there, ServiceId service, FeedReport.FeedCount count, List<Runnable> asks) {
        FeedReport.FeedCount before = there.count(service);
        there.counts.put(service, count);
        if (before.opened() != count.opened() || before.closed() != count.closed()) {
            past.merge(service, new Past(0, time.elapsed()), (old, next) -> new Past(old.opened, next.changed));
        }
        Hold hold = holds.get(service);
        if (hold != null && count.opened() > count.closed()) { // it was silent while the service fell asleep
            asks.add(() -> gate.await(service, NOBODY));
        }
    }

    private static final WakeGate.Waiter NOBODY = new WakeGate.Waiter() {
        @Override
        public void done(WakeGate.Outcome outcome) {
            // what is open there goes on by itself
        }

        @Override
        public boolean gone() {
            return false;
        }
    };

    private void ask(FeedReport report, Attached there, List<Runnable> asks) {
        var named = new HashMap<ServiceId, FeedReport.FeedAsks>();
        report.asks().forEach(each -> named.put(ServiceId.parse(each.service()), each));
        there.outcomes.forEach((service, known) -> {
            FeedReport.FeedAsks still = named.get(service);
            known.keySet().removeIf(number -> still == null || number < still.from());
        });
        there.outcomes.values().removeIf(TreeMap::isEmpty);
        named.forEach((service, each) -> {
            long first = Math.max(each.from(), there.asked.getOrDefault(service, 0L) + 1);
            for (long number = first; number <= each.to(); number++) {
                long ask = number;
                asks.add(() -> gate.await(service, new RemoteWaiter(report.proxy(), report.incarnation(), service, ask)));
            }
            there.asked.merge(service, each.to(), Math::max);
        });
    }

    /// A request that waits at a proxy.
    private final class RemoteWaiter implements WakeGate.Waiter {
        private final String proxy;
        private final String incarnation;
        private final ServiceId service;
        private final long ask;

        RemoteWaiter(String proxy, String incarnation, ServiceId service, long ask) {
            this.proxy = proxy;
            this.incarnation = incarnation;
            this.service = service;
            this.ask = ask;
        }

        @Override
        public void done(WakeGate.Outcome outcome) {
            String id = service.toString();
            FeedReply.FeedOutcome told = switch (outcome) {
                case WakeGate.Outcome.Awake() -> new FeedReply.FeedOutcome(id, ask, "awake", rows.version(), "", 0);
                case WakeGate.Outcome.Failed(var reason, var retryAfter) ->
                        new FeedReply.FeedOutcome(id, ask, "failed", 0, reason, retryAfter.toMillis());
                case WakeGate.Outcome.TimedOut(var waited) -> new FeedReply.FeedOutcome(id, ask, "timed_out", 0, "", waited.toMillis());
                case WakeGate.Outcome.Refused(var retryAfter) ->
                        new FeedReply.FeedOutcome(id, ask, "refused", 0, "", retryAfter.toMillis());
            };
            tell(told);
        }

        private void tell(FeedReply.FeedOutcome told) {
            synchronized (Feed.this) {
                Attached there = attached();
                if (there != null) {
                    there.outcomes.computeIfAbsent(service, _ -> new TreeMap<>()).put(ask, told);
                }
            }
        }

        private @Nullable Attached attached() {
            Attached there = proxies.get(proxy);
            return there != null && there.incarnation.equals(incarnation) ? there : null;
        }

        @Override
        public boolean gone() {
            synchronized (Feed.this) {
                return attached() == null;
            }
        }
    }

    private void dropSilent() {
        List<String> silent = proxies.entrySet().stream()
                .filter(each -> time.elapsed().since(each.getValue().heard).compareTo(leases.node()) >= 0).map(Map.Entry::getKey).toList();
        silent.forEach(proxy -> drop(proxy, "it was silent for " + leases.node().toSeconds() + " s"));
    }

    /// Its connections are gone, or lead to nothing that may sleep.
    private void drop(String proxy, String why) {
        Attached gone = proxies.remove(proxy);
        if (gone == null) {
            return;
        }
        LOG.info("feed: left: proxy={} incarnation={} reason={}", proxy, gone.incarnation, why);
        gone.counts.forEach((service, count) -> past.merge(service, new Past(count.opened(), time.elapsed()),
                (old, next) -> new Past(old.opened + next.opened, next.changed)));
        if (proxies.isEmpty()) {
            attached.accept(false);
        }
    }

    /// Proxies that are counted now, by name.
    public synchronized List<String> names() {
        dropSilent();
        return proxies.keySet().stream().sorted().toList();
    }

    /// Requests of proxies that an instance is working on, as far as is known; at least one where a proxy has not confirmed a version.
    /// @param version from which on it gets no new ones
    public synchronized int inFlight(InstanceId instance, long version) {
        dropSilent();
        return proxies.values().stream()
                .mapToInt(proxy -> Math.max(proxy.open.getOrDefault(instance, 0), proxy.applied < version ? 1 : 0)).sum();
    }

    // what the sleep room sees

    @Override
    public synchronized Activity activity(ServiceId service) {
        dropSilent();
        Activity here = local.activity(service);
        Past before = past.get(service);
        long opened = here.opened();
        long closed = here.closed();
        Duration idle = here.idleFor();
        if (before != null) {
            opened += before.opened;
            closed += before.opened;
            idle = min(idle, time.elapsed().since(before.changed));
        }
        Hold hold = holds.get(service);
        int unconfirmed = hold != null && !time.elapsed().reached(unknownUntil) ? 1 : 0;
        for (Attached proxy : proxies.values()) {
            FeedReport.FeedCount count = proxy.count(service);
            opened += count.opened();
            closed += count.closed();
            unconfirmed += hold != null && count.held() != hold.number ? 1 : 0;
        }
        return new Activity(opened, closed, opened > closed ? Duration.ZERO : idle, unconfirmed);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public synchronized boolean hold(ServiceId service) {
        dropSilent();
        if (proxies.values().stream().anyMatch(proxy -> proxy.open(service) > 0) || !local.hold(service)) {
            return false;
        }
        hold(service, false);
        return true;
    }

    private void hold(ServiceId service, boolean always) {
        var hold = new Hold(++lastHold, always);
        holds.put(service, hold);
        rows.put(key(service), WireJson.strict().write(new FeedHold(hold.number, always)));
        heldSince = rows.version();
    }

    private static String key(ServiceId service) {
        return "hold/" + service;
    }

    @Override
    public synchronized void release(ServiceId service) {
        holds.remove(service);
        rows.put(key(service), null);
        local.release(service);
    }

    @Override
    public synchronized void holdAlways(ServiceId service) {
        local.holdAlways(service);
        hold(service, true);
    }
}
