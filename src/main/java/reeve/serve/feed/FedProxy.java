package reeve.serve.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.wire.FeedHold;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.FeedService;
import reeve.model.wire.WireJson;
import reeve.sleep.Traffic;
import reeve.sleep.WakeGate;

/// The proxy's side of the feed: what it was fed last, what it holds, who waits, and what it has to report. It goes on with what
/// it has while no node answers. Guards itself; waits for nothing; [FeedClient] carries its words to the node and back.
public final class FedProxy implements WakeGate {
    private static final Logger LOG = LoggerFactory.getLogger(FedProxy.class);
    private static final String SERVICES = "service/";
    private static final String HOLDS = "hold/";

    private final String name;
    private final String incarnation;
    private final Traffic traffic;
    private final Supplier<Map<InstanceId, Integer>> open;
    private final Consumer<Map<String, String>> publish;
    private final Leases leases;
    private final Time time;
    private final int most;

    private final Map<String, String> rows = new HashMap<>();
    private final List<FeedLine> step = new ArrayList<>();
    private String feed = "";
    private long applied;

    /// Holds in force, by their number; 0 for one of this proxy's own.
    private final Map<ServiceId, Long> held = new HashMap<>();
    private final Map<ServiceId, TreeMap<Long, Waiter>> waiting = new HashMap<>();
    private final Map<ServiceId, Long> lastAsk = new HashMap<>();
    private final Map<ServiceId, FeedReport.FeedCount> confirmed = new HashMap<>();
    private final TreeMap<Long, Sent> unanswered = new TreeMap<>();
    private int waiters;
    private long number;
    private Elapsed leaseEnds;
    private boolean leased = true;
    private Runnable news = () -> {};

    private record Sent(Elapsed at, List<FeedReport.FeedCount> counts) {}

    /// @param name        of this proxy among those of the node
    /// @param incarnation of this run of it
    /// @param traffic     of this process, whose gates are closed and opened
    /// @param open        requests that instances work on now
    /// @param publish     makes routes of the rows, on the thread that brought them
    /// @param most        requests that may wait for wakes at a time; more are refused
    public FedProxy(String name, String incarnation, Traffic traffic, Supplier<Map<InstanceId, Integer>> open,
            Consumer<Map<String, String>> publish, int most, Leases leases, Time time) {
        this.name = name;
        this.incarnation = incarnation;
        this.traffic = traffic;
        this.open = open;
        this.publish = publish;
        this.most = most;
        this.leases = leases;
        this.time = time;
        this.leaseEnds = time.elapsed().plus(leases.proxy()); // it joins before the node counts it, and the node's lease is longer
    }

    /// @param told when there is something that the node should hear at once; must return at once
    public synchronized void onNews(Runnable told) {
        news = told;
    }

    // what it is fed

    String name() {
        return name;
    }

    String incarnation() {
        return incarnation;
    }

    synchronized String feed() {
        return feed;
    }

    public synchronized long applied() {
        return applied;
    }

    /// Takes in a line; what belongs together is applied together.
    /// @return false where something between was lost: the node has to be asked anew for what follows [#applied]
    synchronized boolean apply(FeedLine line) {
        boolean whole = line.from() == 0;
        if (!whole && (!line.feed().equals(feed) || line.from() > applied)) {
            step.clear();
            return false;
        }
        if (line.feed().equals(feed) && line.version() <= applied && applied > 0) {
            return true; // late, or twice
        }
        if (!step.isEmpty() && (step.getFirst().version() != line.version() || step.getFirst().from() != line.from()
                || !step.getFirst().feed().equals(line.feed()))) {
            step.clear();
            if (!line.last()) {
                return false;
            }
        }
        step.add(line);
        if (line.last()) {
            List<FeedLine> lines = List.copyOf(step);
            step.clear();
            apply(lines, whole);
        }
        return true;
    }

    private void apply(List<FeedLine> lines, boolean whole) {
        if (whole) {
            rows.clear();
        }
        for (FeedLine line : lines) {
            line.gone().forEach(rows::remove);
            line.put().forEach(row -> rows.put(row.key(), row.value()));
        }
        feed = lines.getLast().feed();
        applied = lines.getLast().version();
        rows.keySet().stream().filter(key -> key.startsWith(HOLDS)).map(FedProxy::service).forEach(this::hold);
        holdUnlessLeased();
        publish.accept(Map.copyOf(rows));
        (whole ? sleepers() : Set.copyOf(held.keySet())).forEach(this::releaseUnlessWanted);
        answerAwake();
        news.run();
    }

    private static ServiceId service(String key) {
        return ServiceId.parse(key.substring(key.indexOf('/') + 1));
    }

    private Optional<FeedHold> wanted(ServiceId service) {
        return Optional.ofNullable(rows.get(HOLDS + service)).map(json -> WireJson.lenient().read(FeedHold.class, json));
    }

    private void hold(ServiceId service) {
        FeedHold hold = wanted(service).orElseThrow();
        if (held.getOrDefault(service, 0L) == hold.number()) {
            return;
        }
        if (hold.always()) {
            traffic.holdAlways(service);
            held.put(service, hold.number());
        } else if (traffic.hold(service)) {
            held.put(service, hold.number());
        } else {
            held.remove(service); // something is open: the counts say so, and the node gives up
        }
    }

    /// After whatever held it before this proxy was fed, too.
    private void releaseUnlessWanted(ServiceId service) {
        if (leased && wanted(service).isEmpty()) {
            held.remove(service);
            traffic.release(service);
        }
    }

    private boolean isAwake(ServiceId service) {
        return applied > 0 && leased && !held.containsKey(service) && wanted(service).isEmpty()
                && standing(service).map(standing -> standing.stands().equals("serving")).orElse(true);
    }

    private Optional<FeedService> standing(ServiceId service) {
        return Optional.ofNullable(rows.get(SERVICES + service)).map(json -> WireJson.lenient().read(FeedService.class, json));
    }

    private Set<ServiceId> sleepers() {
        var sleepers = new HashSet<ServiceId>();
        rows.forEach((key, json) -> {
            if (key.startsWith(SERVICES) && WireJson.lenient().read(FeedService.class, json).sleeps()) {
                sleepers.add(service(key));
            }
        });
        return sleepers;
    }

    private void holdUnlessLeased() {
        if (!leased) {
            sleepers().stream().filter(service -> !held.containsKey(service)).forEach(service -> {
                traffic.holdAlways(service);
                held.put(service, 0L);
            });
        }
    }

    // who waits

    @Override
    public void await(ServiceId service, Waiter waiter) {
        Runnable next;
        synchronized (this) {
            if (isAwake(service)) {
                next = () -> waiter.done(new Outcome.Awake());
            } else if (waiters >= most) {
                next = () -> waiter.done(new Outcome.Refused(Duration.ofSeconds(1)));
            } else {
                long ask = lastAsk.merge(service, 1L, Long::sum);
                waiting.computeIfAbsent(service, _ -> new TreeMap<>()).put(ask, waiter);
                waiters++;
                next = news;
            }
        }
        next.run();
    }

    private void answer(ServiceId service, Outcome outcome) {
        TreeMap<Long, Waiter> all = waiting.remove(service);
        if (all != null) {
            waiters -= all.size();
            all.values().forEach(waiter -> tell(waiter, outcome));
        }
    }

    private static void tell(Waiter waiter, Outcome outcome) {
        if (waiter.gone()) {
            return;
        }
        try {
            waiter.done(outcome);
        } catch (RuntimeException e) {
            LOG.error("cannot answer a waiting request: outcome={}", outcome, e); // the others must still be answered
        }
    }

    // what it reports

    /// What there is to say now.
    /// @param leaves whether all connections have ended
    synchronized FeedReport report(boolean leaves) {
        look();
        var counts = new ArrayList<FeedReport.FeedCount>();
        for (ServiceId service : sleepers()) {
            Traffic.Activity activity = traffic.activity(service);
            var count = new FeedReport.FeedCount(service.toString(), activity.opened(), activity.closed(), held.getOrDefault(service, 0L));
            if (!count.equals(confirmed.get(service))) {
                counts.add(count);
            }
        }
        var asks = new ArrayList<FeedReport.FeedAsks>();
        waiting.forEach((service, all) -> asks.add(new FeedReport.FeedAsks(service.toString(), all.firstKey(), all.lastKey())));
        List<FeedReport.FeedOpen> working = open.get().entrySet().stream()
                .map(each -> new FeedReport.FeedOpen(each.getKey().toString(), each.getValue())).toList();
        unanswered.put(++number, new Sent(time.elapsed(), List.copyOf(counts)));
        while (unanswered.size() > 100) {
            unanswered.pollFirstEntry();
        }
        return new FeedReport(name, incarnation, number, feed, applied, counts, working, asks, leaves);
    }

    /// The node's answer to a report.
    /// @return false where it does not count this run: all rows have to be asked for anew
    synchronized boolean answered(long report, FeedReply reply) {
        Sent sent = unanswered.get(report);
        if (sent == null) {
            return true; // late, or twice
        }
        unanswered.headMap(report, true).clear();
        if (!reply.known()) {
            applied = 0;
            feed = "";
            confirmed.clear();
            return false;
        }
        sent.counts.forEach(count -> confirmed.put(ServiceId.parse(count.service()), count));
        Elapsed until = sent.at.plus(leases.proxy());
        if (until.compareTo(leaseEnds) > 0) {
            leaseEnds = until;
        }
        if (!leased && reply.current() && !time.elapsed().reached(leaseEnds)) {
            LOG.info("feed: the node answers again");
            leased = true;
            Set.copyOf(held.keySet()).forEach(this::releaseUnlessWanted);
            answerAwake();
        }
        reply.outcomes().forEach(this::outcome);
        return true;
    }

    private void outcome(FeedReply.FeedOutcome told) {
        ServiceId service = ServiceId.parse(told.service());
        Duration span = Duration.ofMillis(told.millis());
        Outcome outcome = switch (told.how()) {
            case "awake" -> new Outcome.Awake();
            case "timed_out" -> new Outcome.TimedOut(span);
            case "refused" -> new Outcome.Refused(span);
            default -> new Outcome.Failed(told.reason(), span); // of a newer node, perhaps
        };
        if (outcome instanceof Outcome.Awake && (applied < told.version() || !isAwake(service))) {
            return; // the rows that say so are on their way; the node repeats itself
        }
        TreeMap<Long, Waiter> all = waiting.get(service);
        Waiter waiter = all == null ? null : all.remove(told.ask());
        if (waiter == null || all == null) {
            return;
        }
        waiters--;
        if (all.isEmpty()) {
            waiting.remove(service);
        }
        tell(waiter, outcome);
    }

    /// There is certainly no node: nobody puts anything to sleep, and what runs is served. To be called again while it is so. A lease that
    /// has ended stays so: while nobody heard of this proxy, its services may have fallen asleep.
    synchronized void nobodyThere() {
        look();
        if (leased) {
            leaseEnds = time.elapsed().plus(leases.proxy()); // a new one waits for longer than this before anything falls asleep
        }
    }

    private void answerAwake() {
        Set.copyOf(waiting.keySet()).stream().filter(this::isAwake).forEach(service -> answer(service, new Outcome.Awake()));
    }

    /// The node may be there and does not answer: once the lease is over, what may sleep gets no more requests.
    synchronized void look() {
        if (leased && time.elapsed().reached(leaseEnds)) {
            leased = false;
            LOG.warn("feed: the node does not answer: requests for what may sleep wait until it does");
            holdUnlessLeased();
        }
        waiting.values().forEach(all -> {
            int before = all.size();
            all.values().removeIf(Waiter::gone);
            waiters -= before - all.size();
        });
        waiting.values().removeIf(TreeMap::isEmpty);
    }
}
