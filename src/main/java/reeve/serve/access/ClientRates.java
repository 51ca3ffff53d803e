package reeve.serve.access;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// How often each client came, for all routes that ask. One table for all event loops; any thread; one atomic write for each request, and
/// no lock.
///
/// A client is an IPv4 address or the first 64 bits of an IPv6 address: less than that is in nobody's hand. All that has to be known of one
/// is when its next request is due ([RateRule]), and only while that lies ahead: who came slowly is forgotten without loss. So an
/// entry is one long, 20 bits of a keyed hash and 44 of time in units of 64 ns, in sets of eight that fill a cache line. Where a set is
/// full of clients that are ahead, the one that is the least ahead is forgotten (decision 0055). The table is made when the first limited
/// request comes: 1 MiB.
public final class ClientRates {
    private static final int WAYS = 8;
    private static final int SETS = 1 << 14;
    private static final int TIME_BITS = 44;
    private static final long TIME = (1L << TIME_BITS) - 1;
    private static final int UNIT_SHIFT = 6; // nanoseconds to units of 64 ns
    private static final int MOST_TRIES = 8;

    private final long seed;
    private final AtomicReference<@Nullable AtomicLongArray> table = new AtomicReference<>();

    /// @param seed by chance, so that nobody can choose addresses that share an entry
    public ClientRates(long seed) {
        this.seed = seed;
    }

    /// @param of what is limited: each has its own counts
    /// @return null for a request that may go on; else how long until one may
    @Nullable Duration take(RateRule rule, long of, InetAddress client, long now) {
        AtomicLongArray entries = entries();
        long hash = mix(mix(client(client) ^ seed) ^ of);
        long tag = Math.max(1, hash >>> TIME_BITS) << TIME_BITS;
        int first = (int) hash & SETS - 1;
        long units = now >> UNIT_SHIFT;
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int at = find(entries, first * WAYS, tag, units);
            long before = entries.get(at);
            boolean known = (before & ~TIME) == tag;
            long ahead = known ? rule.ahead(ahead(before, units) << UNIT_SHIFT) : 0;
            if (!rule.allows(ahead)) {
                return rule.until(ahead);
            }
            if (entries.compareAndSet(at, before, tag | units + (ahead + rule.period() >> UNIT_SHIFT) & TIME)) {
                return null;
            }
        }
        return null; // other loops are faster, which is no fault of this client's
    }

    /// @return the client's place, or the one that loses the least when it becomes the client's
    private static int find(AtomicLongArray entries, int from, long tag, long units) {
        int best = from;
        long least = Long.MAX_VALUE;
        for (int at = from; at < from + WAYS; at++) {
            long entry = entries.get(at);
            if ((entry & ~TIME) == tag) {
                return at;
            }
            long ahead = entry == 0 ? 0 : ahead(entry, units);
            if (ahead < least) {
                least = ahead;
                best = at;
            }
        }
        return best;
    }

    /// How far ahead of now an entry's time lies, in units; 0 for what is past.
    private static long ahead(long entry, long units) {
        int unused = Long.SIZE - TIME_BITS;
        return Math.max(0, (entry - units) << unused >> unused);
    }

    private AtomicLongArray entries() {
        AtomicLongArray made = table.get();
        if (made != null) {
            return made;
        }
        var next = new AtomicLongArray(SETS * WAYS);
        return table.compareAndSet(null, next) ? next : entries();
    }

    /// Who counts as one client.
    static long client(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4 ? Long.MIN_VALUE | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong(); // 8000::/32 is nobody's
    }

    /// The last step of SplitMix64: each bit of the result depends on each of the value.
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
