package reeve.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reeve.store.Store;
import reeve.store.Store.Compare;
import reeve.store.Store.Entry;
import reeve.store.Store.Lease;
import reeve.store.Store.Write;
import reeve.store.StoreException;
import reeve.testing.MemoryStore;
import reeve.testing.Seen;
import reeve.testing.VirtualTime;

/// The embedded store and the store in memory, two programs by one contract, do the same random things and must answer the same.
/// `./dev sim ModelTest 7` replays seed 7.
@Tag("sim")
class ModelTest {
    private static final List<String> KEYS = List.of("/a", "/a/", "/a/1", "/ab", "/b", "/\u00FF", "/\uD83D\uDE00", "x");
    private static final int STEPS = 2_000;

    @TempDir
    Path folder;

    private final VirtualTime time = new VirtualTime();
    private final List<Lease[]> leases = new ArrayList<>();
    private Store file;
    private Store model;

    static LongStream seeds() {
        Long one = Long.getLong("reeve.sim.seed");
        return one == null ? LongStream.rangeClosed(1, 5) : LongStream.of(one);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bothStoresAnswerTheSame(long seed) {
        var random = new Random(seed);
        file = open();
        model = new MemoryStore(time);
        leases.add(new Lease[] {Lease.NONE, Lease.NONE});
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            String as = "seed " + seed + ", step " + step;
            if (dice < 60) {
                transact(random, as);
            } else if (dice < 80) {
                String prefix = KEYS.get(random.nextInt(KEYS.size())).substring(0, 1);
                assertThat(state(file, prefix)).as(as).isEqualTo(state(model, prefix));
            } else if (dice < 85) {
                Duration timeToLive = Duration.ofMillis(random.nextInt(1, 20_000));
                leases.add(new Lease[] {file.grant(timeToLive), model.grant(timeToLive)});
            } else if (dice < 90) {
                Lease[] lease = leases.get(random.nextInt(leases.size()));
                assertThat(kept(file, lease[0])).as(as).isEqualTo(kept(model, lease[1]));
            } else if (dice < 92) {
                Lease[] lease = leases.get(random.nextInt(leases.size()));
                file.revoke(lease[0]);
                model.revoke(lease[1]);
            } else if (dice < 98) {
                time.advance(Duration.ofMillis(random.nextInt(3_000)));
                file.txn(List.of(), List.of()); // leases that fell due are ended before it
            } else {
                reopen();
            }
        }
        assertThat(state(file, "")).isEqualTo(state(model, ""));
        assertThat(changes(file)).isEqualTo(changes(model));
        file.close();
    }

    private EmbeddedStore open() {
        return EmbeddedStore.open(folder.resolve("store.db"), time);
    }

    /// A lease has its full time again afterwards; the model is told by keeping all alive.
    private void reopen() {
        for (Lease[] lease : leases) {
            kept(model, lease[1]);
        }
        file.close();
        file = open();
    }

    private static boolean kept(Store store, Lease lease) {
        try {
            store.keepAlive(lease);
            return true;
        } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(StoreException.Kind.NOT_FOUND);
            return false;
        }
    }

    private void transact(Random random, String as) {
        List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Optional<Entry> now = model.get(key);
            compares.add(random.nextInt(4) == 0 ? new Compare.Value(key, value(random))
                    : new Compare.Modified(key, random.nextInt(5) == 0 ? random.nextInt(50) : now.map(Entry::modified).orElse(0L)));
        }
        var left = new ArrayList<>(KEYS);
        List<Write> toFile = new ArrayList<>();
        List<Write> toModel = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String key = left.remove(random.nextInt(left.size()));
            if (random.nextInt(3) == 0) {
                toFile.add(new Write.Delete(key));
                toModel.add(new Write.Delete(key));
            } else {
                Lease[] lease = leases.get(random.nextInt(3) == 0 ? random.nextInt(leases.size()) : 0);
                byte[] value = value(random);
                toFile.add(new Write.Put(key, value, lease[0]));
                toModel.add(new Write.Put(key, value, lease[1]));
            }
        }
        assertThat(outcome(file, compares, toFile)).as(as).isEqualTo(outcome(model, compares, toModel));
    }

    private static Object outcome(Store store, List<Compare> compares, List<Write> writes) {
        try {
            return store.txn(compares, writes);
        } catch (StoreException e) {
            return e.kind();
        }
    }

    private static byte[] value(Random random) {
        return random.nextInt(10) == 0 ? new byte[0] : ("v" + random.nextInt(3)).getBytes(UTF_8);
    }

    private List<String> state(Store store, String prefix) {
        Store.Listing listing = store.list(prefix);
        List<String> state = new ArrayList<>(List.of("revision " + listing.revision()));
        for (Entry entry : listing.entries()) {
            state.add(entry.key() + "=" + new String(entry.value(), UTF_8) + " created " + entry.created() + " modified " + entry.modified()
                    + (entry.lease().equals(Lease.NONE) ? "" : " leased"));
        }
        return state;
    }

    private static List<String> changes(Store store) {
        long last = store.list("").revision();
        var seen = new Seen();
        try (var _ = store.watch("", 1, seen)) {
            await().until(() -> !seen.calls().isEmpty() && Seen.revision(seen.calls().getLast().getFirst()) == last);
        }
        return seen.lines();
    }
}
