package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Jitter;
import reeve.model.Balance;

/// Chooses one of the backends that take requests: a function of the request's key, of how many requests each is working on, of how
/// it fared with the last ones, and of chance. Made with its table. Any thread; no lock, no allocation.
public final class Balancer {
    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);
    private static final long[] NO_MARKS = {};
    private static final int[] NO_ORDER = {};

    private final Balance balance;
    private final Backend[] ready;
    private final int[] weights;
    private final int totalWeight;
    private final boolean evenly;
    private final long[] marks;
    private final int[] order;
    private final AtomicInteger turn;
    private final Overflow overflow;
    private final int capacity;
    private final long slowStart;
    private final @Nullable Backend only;

    /// @param weights of each, more than 0
    /// @param turn    where round robin goes on
    Balancer(Balance balance, List<Backend> ready, int[] weights, AtomicInteger turn, Overflow overflow) {
        this.balance = balance;
        this.ready = ready.toArray(Backend[]::new);
        this.weights = weights.clone();
        int total = 0;
        boolean even = true;
        for (int weight : weights) {
            total += weight;
            even &= weight == weights[0];
        }
        this.totalWeight = total;
        this.evenly = even;
        boolean marked = !balance.sticky().isEmpty() || balance.choice() instanceof Balance.Choice.Hash;
        this.marks = marked ? ready.stream().mapToLong(Balancer::mark).toArray() : NO_MARKS;
        this.order = balance.choice() instanceof Balance.Choice.RoundRobin ? order(weights) : NO_ORDER;
        this.turn = turn;
        this.overflow = overflow;
        this.capacity = balance.capacity().connections();
        this.slowStart = balance.slowStart().toNanos();
        this.only = ready.size() == 1 && capacity == 0 && balance.sticky().isEmpty() ? ready.getFirst() : null;
    }

    /// What was declared.
    public Balance balance() {
        return balance;
    }

    /// How many there are to choose from.
    public int size() {
        return ready.length;
    }

    /// The only one, where it is to get every request, whatever that is.
    public @Nullable Backend only() {
        return only;
    }

    /// Whether a cookie or a key of the request matters.
    public boolean reads() {
        return marks.length > 0;
    }

    /// Chooses a backend and begins a request there.
    /// @param key    [#hash] of what the request is told apart by; 0 for none
    /// @param jitter drawn from only where there is a choice
    /// @param tried  those where the request has failed
    /// @return null where no backend takes it: there is none, all are full, or it has failed at each
    public @Nullable Backend take(long key, Jitter jitter, long now, List<Backend> tried) {
        Backend chosen = choose(key, jitter, now, tried);
        while (chosen != null && !chosen.begin(capacity)) { // another loop was faster: it is full now
            chosen = choose(key, jitter, now, tried);
        }
        return chosen;
    }

    /// Begins a request at one that a client comes back to.
    /// @return false where it is ejected or full
    public boolean take(Backend backend, long now) {
        return !backend.standing().out(now) && backend.begin(capacity);
    }

    /// [#take] without the beginning.
    @Nullable Backend choose(long key, Jitter jitter, long now, List<Backend> tried) {
        if (ready.length == 0) {
            return null;
        }
        int chosen = switch (balance.choice()) {
            case Balance.Choice.LeastRequests _ -> leastOfTwo(jitter, now, tried);
            case Balance.Choice.RoundRobin _ -> next(jitter, now, tried);
            case Balance.Choice.Hash _ -> key == 0 ? leastOfTwo(jitter, now, tried) : highest(key, now, tried, false);
        };
        if (chosen < 0 && allOut(now)) { // better one that may fail than none
            chosen = highest(key, now, tried, true);
        }
        return chosen < 0 ? null : ready[chosen];
    }

    private boolean usable(int i, long now, List<Backend> tried, boolean ejected) {
        Backend backend = ready[i];
        return (ejected || !backend.standing().out(now)) && (capacity == 0 || backend.inFlight() < capacity)
                && (tried.isEmpty() || backend.isReady() && !tried.contains(backend)); // a retry may come after the next table
    }

    private boolean allOut(long now) {
        for (Backend backend : ready) {
            if (!backend.standing().out(now)) {
                return false;
            }
        }
        return true;
    }

    /// Whether one of them could take a request more.
    public boolean hasRoom(long now) {
        boolean ejected = allOut(now);
        for (int i = 0; i < ready.length; i++) {
            if (usable(i, now, List.of(), ejected)) {
                return true;
            }
        }
        return false;
    }

    /// Whether somebody may wait for the end of a request.
    public boolean limited() {
        return capacity > 0;
    }

    /// Where requests wait for room.
    public Overflow overflow() {
        return overflow;
    }

    /// A request has failed at a backend: its connection did, or by its answer.
    /// @param error whether it is an answer of 500 or above
    public void failed(Backend backend, boolean error, long now) {
        if (ready.length > 1 && (!error || balance.ejection().errors())
                && backend.failed(balance.ejection(), mayEject(now), now)) {
            LOG.warn("ejected: backend={} failures={} for={}", backend, balance.ejection().after(),
                    Duration.ofNanos(backend.standing().until() - now));
        }
    }

    /// At most half of them are out at a time.
    private boolean mayEject(long now) {
        int out = 1;
        for (Backend backend : ready) {
            out += backend.standing().out(now) ? 1 : 0;
        }
        return out * 2 <= ready.length;
    }

    /// A backend has answered.
    public void succeeded(Backend backend, long now) {
        if (ready.length > 1) {
            backend.succeeded(balance.ejection(), now);
        }
    }

    /// The backend of a client that was given its mark.
    /// @return null where it takes no requests, or is not there any more
    public @Nullable Backend marked(long mark) {
        for (int i = 0; i < marks.length; i++) {
            if (marks[i] == mark) {
                return ready[i];
            }
        }
        return null;
    }

    /// Of two drawn by weight, the one with fewer requests for its weight.
    private int leastOfTwo(Jitter jitter, long now, List<Backend> tried) {
        if (ready.length == 1) {
            return usable(0, now, tried, false) ? 0 : -1;
        }
        int one = draw(jitter.next());
        int other = draw(jitter.next());
        if (one == other) {
            other = (one + 1) % ready.length;
        }
        boolean mayOne = usable(one, now, tried, false);
        boolean mayOther = usable(other, now, tried, false);
        if (!mayOne || !mayOther) {
            return mayOne ? one : mayOther ? other : least(now, tried);
        }
        // a/wa <= b/wb without division
        long left = (long) ready[one].inFlight() * weights[other];
        long right = (long) ready[other].inFlight() * weights[one];
        int chosen = left <= right ? one : other;
        return slowStart > 0 && holdsBack(chosen, jitter, now) ? one + other - chosen : chosen;
    }

    /// For when chance has found nobody.
    private int least(long now, List<Backend> tried) {
        int best = -1;
        for (int i = 0; i < ready.length; i++) {
            if (usable(i, now, tried, false)
                    && (best < 0 || (long) ready[i].inFlight() * weights[best] < (long) ready[best].inFlight() * weights[i])) {
                best = i;
            }
        }
        return best;
    }

    private int next(Jitter jitter, long now, List<Backend> tried) {
        int held = -1;
        for (int i = 0; i < order.length; i++) {
            int at = order[Math.floorMod(turn.getAndIncrement(), order.length)];
            if (usable(at, now, tried, false)) {
                if (slowStart == 0 || !holdsBack(at, jitter, now)) {
                    return at;
                }
                held = at;
            }
        }
        return held;
    }

    /// Whether one that has come a moment ago leaves a request to another: by chance, from nine of ten at first to none.
    private boolean holdsBack(int i, Jitter jitter, long now) {
        long passed = now - ready[i].since(now);
        return passed < slowStart && jitter.next() >= Math.max(0.1, (double) passed / slowStart);
    }

    private int draw(double random) {
        int left = (int) (random * totalWeight);
        int i = 0;
        while (left >= weights[i]) {
            left -= weights[i++];
        }
        return i;
    }

    /// Rendezvous hashing: each backend has a score for the key, and the highest gets it. Without it, the second highest does, and
    /// no other key moves.
    private int highest(long key, long now, List<Backend> tried, boolean ejected) {
        int best = -1;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < ready.length; i++) {
            double share = ((mix(key ^ (marks.length == 0 ? i : marks[i])) >>> 11) + 0.5) * 0x1p-53;
            double score = evenly ? share : weights[i] / -Math.log(share);
            if (score > bestScore && usable(i, now, tried, ejected)) {
                bestScore = score;
                best = i;
            }
        }
        return best;
    }

    /// An order in which each stands as often as its weight, and as far apart as can be: nginx's smooth round robin.
    private static int[] order(int[] weights) {
        int divisor = 0;
        int total = 0;
        for (int weight : weights) {
            divisor = greatestDivisor(weight, divisor);
            total += weight;
        }
        var order = new int[divisor == 0 ? 0 : total / divisor];
        var current = new int[weights.length];
        for (int at = 0; at < order.length; at++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i];
                best = current[i] > current[best] ? i : best;
            }
            current[best] -= total;
            order[at] = best;
        }
        return order;
    }

    private static int greatestDivisor(int a, int b) {
        return b == 0 ? a : greatestDivisor(b, a % b);
    }

    /// What a client is given to come back to a backend: tells nothing about where that is, and stays the same over its restarts.
    public static long mark(Backend backend) {
        byte[] name = backend.instance().map(Object::toString).orElseGet(() -> backend.address().toString())
                .getBytes(StandardCharsets.UTF_8);
        return hash(name, 0, name.length);
    }

    /// @return never 0
    public static long hash(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i] & 0xff) * 0x100000001b3L;
        }
        long mixed = mix(hash);
        return mixed == 0 ? 1 : mixed;
    }

    /// The last step of MurmurHash3.
    private static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
