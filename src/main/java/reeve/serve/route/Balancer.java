package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reeve.base.Jitter;
import reeve.model.Balance;

/// Chooses one of the backends that take requests: a function of the request's key, of how many requests each is working on, and
/// of chance. Made with its table. Any thread; no lock, no allocation.
public final class Balancer {
    private final Balance balance;
    private final Backend[] ready;
    private final int[] weights;
    private final int totalWeight;
    private final boolean evenly;
    private final long[] marks;
    private final int[] order;
    private final AtomicInteger turn;

    /// @param weights of each, more than 0
    /// @param turn    where round robin goes on
    Balancer(Balance balance, List<Backend> ready, int[] weights, AtomicInteger turn) {
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
        this.marks = marked ? ready.stream().mapToLong(Balancer::mark).toArray() : new long[0];
        this.order = balance.choice() instanceof Balance.Choice.RoundRobin ? order(weights) : new int[0];
        this.turn = turn;
    }

    /// What was declared.
    public Balance balance() {
        return balance;
    }

    /// How many there are to choose from.
    public int size() {
        return ready.length;
    }

    /// Whether nothing of the request itself matters: [#choose] needs no key, and no cookie is read.
    public boolean plain() {
        return ready.length < 2 && balance.sticky().isEmpty() || marks.length == 0;
    }

    /// @param key    [#hash] of what the request is told apart by; 0 for none
    /// @param jitter drawn from only where there is a choice
    /// @return null where no backend takes requests
    public @Nullable Backend choose(long key, Jitter jitter) {
        if (ready.length < 2) {
            return ready.length == 0 ? null : ready[0];
        }
        return ready[switch (balance.choice()) {
            case Balance.Choice.LeastRequests _ -> leastOfTwo(jitter);
            case Balance.Choice.RoundRobin _ -> order[Math.floorMod(turn.getAndIncrement(), order.length)];
            case Balance.Choice.Hash _ -> key == 0 ? leastOfTwo(jitter) : highest(key);
        }];
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
    private int leastOfTwo(Jitter jitter) {
        int one = draw(jitter.next());
        int other = draw(jitter.next());
        if (one == other) {
            other = (one + 1) % ready.length;
        }
        // a/wa <= b/wb without division
        long left = (long) ready[one].inFlight() * weights[other];
        long right = (long) ready[other].inFlight() * weights[one];
        return left <= right ? one : other;
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
    private int highest(long key) {
        int best = 0;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < ready.length; i++) {
            double share = ((mix(key ^ marks[i]) >>> 11) + 0.5) * 0x1p-53;
            double score = evenly ? share : weights[i] / -Math.log(share);
            if (score > bestScore) {
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
