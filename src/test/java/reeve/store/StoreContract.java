package reeve.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.store.Store.Change;
import reeve.store.Store.Compare;
import reeve.store.Store.Entry;
import reeve.store.Store.Lease;
import reeve.store.Store.Outcome;
import reeve.store.Store.Write;
import reeve.store.StoreException.Kind;
import reeve.testing.Seen;

/// What every store does, the fake one too. Revisions are looked at relative to [#start], because a shared server's store is
/// not new in each test.
public abstract class StoreContract {
    protected Store store;
    /// The revision before the test's first write.
    protected long start;

    /// A store without keys.
    protected abstract Store open() throws Exception;

    /// Lets time pass for leases.
    protected abstract void pass(Duration time);

    /// Makes the store forget the changes it has so far.
    protected abstract void forgetChanges();

    @BeforeEach
    void openStore() throws Exception {
        store = open();
        start = store.list("").revision();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    // ---- keys, values, revisions

    @Test
    void aKeyThatWasNeverWrittenIsAbsent() {
        assertThat(store.get("/a")).isEmpty();
        assertThat(store.list("").entries()).isEmpty();
    }

    @Test
    void anEntryTellsItsCreationAndItsLastChange() {
        store.put("/a", bytes("1"));
        store.put("/b", bytes("2"));
        store.put("/a", bytes("3"));

        Entry a = store.get("/a").orElseThrow();
        assertThat(a.key()).isEqualTo("/a");
        assertThat(a.value()).asString().isEqualTo("3");
        assertThat(a.created()).isEqualTo(start + 1);
        assertThat(a.modified()).isEqualTo(start + 3);
        assertThat(a.lease()).isEqualTo(Lease.NONE);
    }

    @Test
    void aKeyDeletedAndWrittenAgainIsNew() {
        store.put("/a", bytes("1"));
        store.delete("/a");
        assertThat(store.get("/a")).isEmpty();
        store.put("/a", bytes("2"));

        assertThat(store.get("/a").orElseThrow().created()).isEqualTo(start + 3);
    }

    @Test
    void aWriteReturnsTheRevisionItMade() {
        assertThat(store.txn(List.of(), List.of(put("/a", "1")))).isEqualTo(new Outcome.Committed(start + 1));
        assertThat(store.txn(List.of(), List.of(put("/a", "1")))).isEqualTo(new Outcome.Committed(start + 2));
        assertThat(store.list("/").revision()).isEqualTo(start + 2);
    }

    @Test
    void deletingAnAbsentKeyMakesNoRevision() {
        store.put("/a", bytes("1"));
        assertThat(store.txn(List.of(), List.of(new Write.Delete("/b")))).isEqualTo(new Outcome.Committed(start + 1));
        assertThat(store.txn(List.of(), List.of())).isEqualTo(new Outcome.Committed(start + 1));
        assertThat(store.list("").revision()).isEqualTo(start + 1);
    }

    @Test
    void keysSortByTheirUtf8Bytes() {
        // as UTF-16 the last two would stand the other way round
        List<String> sorted = List.of("/", "/A", "/a", "/a/", "/a/1", "/a0", "/aa", "/é", "/\uFFFD", "/\uD83D\uDE00");
        var shuffled = new ArrayList<>(sorted);
        Collections.reverse(shuffled);
        shuffled.forEach(key -> store.put(key, bytes(key)));

        assertThat(store.list("/").entries()).extracting(Entry::key).containsExactlyElementsOf(sorted);
    }

    @Test
    void aPrefixCoversKeysByteByByte() {
        for (String key : List.of("/a", "/a/", "/a/1", "/ab", "/b", "/a\u00FF", "/a\u007F", "/a\uDBFF\uDFFF")) {
            store.put(key, bytes("x"));
        }
        assertThat(keys("/a")).containsExactly("/a", "/a/", "/a/1", "/ab", "/a\u007F", "/a\u00FF", "/a\uDBFF\uDFFF");
        assertThat(keys("/a/")).containsExactly("/a/", "/a/1");
        assertThat(keys("/a\u007F")).containsExactly("/a\u007F");
        assertThat(keys("/a\u00FF")).containsExactly("/a\u00FF");
        assertThat(keys("/a\uDBFF\uDFFF")).containsExactly("/a\uDBFF\uDFFF");
        assertThat(keys("/c")).isEmpty();
        assertThat(keys("")).hasSize(8);
    }

    @Test
    void anyUnicodeTextIsAKey() {
        for (String key : List.of("no-slash", "/with space", "/nul\u0000inside", "/line\nbreak", "'; DROP TABLE entry; --", "/%_\\")) {
            store.put(key, bytes(key));
            assertThat(store.get(key).orElseThrow().value()).isEqualTo(bytes(key));
            assertThat(keys(key)).containsExactly(key);
        }
    }

    @Test
    void emptyAndLargeValuesComeBackWhole() {
        byte[] large = new byte[Limits.VALUE_BYTES];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31);
        }
        store.put("/empty", new byte[0]);
        store.put("/large", large);

        assertThat(store.get("/empty").orElseThrow().value()).isEmpty();
        assertThat(store.get("/large").orElseThrow().value()).isEqualTo(large);
        var seen = new Seen();
        try (var _ = store.watch("/", start + 1, seen)) {
            await().until(() -> seen.calls().size() == 2);
        }
        assertThat(seen.calls().getFirst()).singleElement()
                .isInstanceOfSatisfying(Change.Stored.class, c -> assertThat(c.entry().value()).isEmpty());
        assertThat(seen.calls().getLast()).singleElement()
                .isInstanceOfSatisfying(Change.Stored.class, c -> assertThat(c.entry().value()).isEqualTo(large));
    }

    @Test
    void whatGoesPastALimitIsRefused() {
        String longest = "k".repeat(Limits.KEY_BYTES);
        store.put(longest, bytes("x"));
        assertThat(store.get(longest)).isPresent();

        refused(() -> store.put(longest + "k", bytes("x")));
        refused(() -> store.put("é".repeat(Limits.KEY_BYTES / 2) + "k", bytes("x")));
        refused(() -> store.put("", bytes("x")));
        refused(() -> store.get(""));
        refused(() -> store.put("/lone\uD800", bytes("x")));
        refused(() -> store.list("/lone\uD800"));
        refused(() -> store.put("/a", new byte[Limits.VALUE_BYTES + 1]));
        refused(() -> store.txn(List.of(), Collections.nCopies(Limits.OPERATIONS + 1, new Write.Delete("/a"))));
        refused(() -> store.txn(Collections.nCopies(Limits.OPERATIONS + 1, absent("/a")), List.of()));
        refused(() -> store.txn(List.of(), List.of(put("/a", "1"), new Write.Delete("/a"))));
        byte[] half = new byte[Limits.TRANSACTION_BYTES / 2];
        refused(() -> store.txn(List.of(), List.of(new Write.Put("/a", half, Lease.NONE), new Write.Put("/b", half, Lease.NONE))));
        refused(() -> store.grant(Duration.ZERO));
        refused(() -> store.watch("/", 0, _ -> {}));
        assertThat(store.list("").revision()).isEqualTo(start + 1);
    }

    private static void refused(ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call);
    }

    @Test
    void valuesAreCopiedOnTheWayInAndOut() {
        byte[] mine = bytes("abc");
        var seen = new Seen();
        try (var _ = store.watch("/", start + 1, seen)) {
            store.put("/a", mine);
            mine[0] = 'X';
            assertThat(value("/a")).isEqualTo("abc");
            store.get("/a").orElseThrow().value()[0] = 'Y';
            store.list("/").entries().getFirst().value()[0] = 'Z';
            assertThat(value("/a")).isEqualTo("abc");
            await().until(() -> !seen.lines().isEmpty());
        }
        assertThat(seen.lines()).containsExactly(start + 1 + ": +/a=abc");
    }

    // ---- transactions

    @Test
    void writesHappenOnlyWhenEveryComparisonHolds() {
        store.put("/a", bytes("1"));
        long a = start + 1;

        assertThat(store.txn(List.of(modified("/a", a), modified("/b", 7)), List.of(put("/a", "2")))).isEqualTo(new Outcome.Refused());
        assertThat(store.txn(List.of(modified("/a", a + 1)), List.of(put("/a", "2")))).isEqualTo(new Outcome.Refused());
        assertThat(store.txn(List.of(absent("/a")), List.of(put("/a", "2")))).isEqualTo(new Outcome.Refused());
        assertThat(value("/a")).isEqualTo("1");
        assertThat(store.list("").revision()).isEqualTo(a);

        assertThat(store.txn(List.of(modified("/a", a), absent("/b")), List.of(put("/a", "2")))).isEqualTo(new Outcome.Committed(a + 1));
        assertThat(value("/a")).isEqualTo("2");
    }

    @Test
    void aDeletedKeyComparesAsAbsent() {
        store.put("/a", bytes("1"));
        store.delete("/a");
        assertThat(store.txn(List.of(modified("/a", start + 1)), List.of())).isEqualTo(new Outcome.Refused());
        assertThat(store.txn(List.of(absent("/a")), List.of())).isEqualTo(new Outcome.Committed(start + 2));
    }

    @Test
    void aValueComparesByItsBytesAndAnAbsentKeyHasNone() {
        store.put("/a", bytes("1"));
        store.put("/empty", new byte[0]);
        assertThat(store.txn(List.of(holds("/a", "1"), holds("/empty", "")), List.of())).isInstanceOf(Outcome.Committed.class);
        assertThat(store.txn(List.of(holds("/a", "2")), List.of())).isEqualTo(new Outcome.Refused());
        assertThat(store.txn(List.of(holds("/a", "")), List.of())).isEqualTo(new Outcome.Refused());
        assertThat(store.txn(List.of(holds("/absent", "")), List.of())).isEqualTo(new Outcome.Refused());
    }

    @Test
    void theWritesOfATransactionShareOneRevision() {
        store.put("/c", bytes("0"));
        var seen = new Seen();
        try (var _ = store.watch("/", start + 2, seen)) {
            store.txn(List.of(), List.of(put("/b", "1"), put("/a", "2"), new Write.Delete("/c"), new Write.Delete("/never")));
            await().until(() -> !seen.lines().isEmpty());
        }
        assertThat(store.list("/").entries()).extracting(Entry::key, Entry::modified)
                .containsExactly(tuple("/a", start + 2), tuple("/b", start + 2));
        assertThat(seen.calls()).hasSize(1);
        assertThat(seen.calls().getFirst()).hasSize(3).allMatch(change -> Seen.revision(change) == start + 2);
    }

    @Test
    void concurrentCompareAndSetLosesNoUpdate() throws Exception {
        int threads = 8;
        int rounds = 25;
        store.put("/counter", bytes("0"));
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        increment();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(value("/counter")).isEqualTo(String.valueOf(threads * rounds));
        assertThat(store.get("/counter").orElseThrow().modified()).isEqualTo(start + 1 + threads * rounds);
    }

    private void increment() {
        while (true) {
            Entry now = store.get("/counter").orElseThrow();
            String next = String.valueOf(Integer.parseInt(new String(now.value(), UTF_8)) + 1);
            if (store.txn(List.of(modified("/counter", now.modified())), List.of(put("/counter", next))) instanceof Outcome.Committed) {
                return;
            }
        }
    }

    // ---- watches

    @Test
    void aWatchTellsPastAndComingChangesOfItsPrefix() {
        store.put("/a/1", bytes("x"));
        store.put("/b", bytes("y"));
        var seen = new Seen();
        try (var _ = store.watch("/a/", start + 1, seen)) {
            store.put("/a/1", bytes("z"));
            store.delete("/a/1");
            store.put("/a", bytes("w"));
            store.put("/a/2", bytes(""));
            await().until(() -> seen.lines().size() >= 4);
        }
        assertThat(seen.lines()).containsExactly(
                start + 1 + ": +/a/1=x", start + 3 + ": +/a/1=z", start + 4 + ": -/a/1", start + 6 + ": +/a/2=");
    }

    @Test
    void aWatchBeginsAtItsRevision() {
        store.put("/a", bytes("1"));
        store.put("/a", bytes("2"));
        var seen = new Seen();
        var later = new Seen();
        try (var _ = store.watch("/", start + 2, seen); var _ = store.watch("/", start + 4, later)) {
            store.put("/a", bytes("3"));
            store.put("/a", bytes("4"));
            await().until(() -> seen.lines().size() == 3 && later.lines().size() == 1);
        }
        assertThat(seen.lines()).containsExactly(start + 2 + ": +/a=2", start + 3 + ": +/a=3", start + 4 + ": +/a=4");
        assertThat(later.lines()).containsExactly(start + 4 + ": +/a=4");
    }

    @Test
    void aListingAndAWatchAfterItMissNothingUnderConcurrentWriters() throws Exception {
        int writers = 4;
        int each = 50;
        List<Seen> watchers = new ArrayList<>();
        List<Store.Watch> watches = new ArrayList<>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                String key = "/w" + w;
                all.add(pool.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        store.txn(List.of(), List.of(put(key, "" + i), put("/last", key)));
                    }
                }));
            }
            for (int i = 0; i < 5; i++) {
                var seen = new Seen();
                watchers.add(seen);
                watches.add(store.watch("", store.list("").revision() + 1, seen));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        store.txn(List.of(), List.of(put("/end", ""), put("/last", "/end")));
        long end = start + writers * each + 1;
        for (Seen seen : watchers) {
            await().until(() -> !seen.calls().isEmpty() && revision(seen.calls().getLast()) == end);
            long first = revision(seen.calls().getFirst());
            assertThat(seen.calls()).allMatch(revision -> revision.size() == 2)
                    .extracting(StoreContract::revision)
                    .containsExactlyElementsOf(LongStream.rangeClosed(first, end).boxed().toList());
        }
        watches.forEach(Store.Watch::close);
    }

    @Test
    void aSlowListenerDelaysNeitherWritersNorOtherWatches() throws Exception {
        var stuck = new CountDownLatch(1);
        var slow = new Seen();
        var quick = new Seen();
        Consumer<List<Change>> waits = changes -> {
            uninterruptibly(stuck);
            slow.accept(changes);
        };
        try (var _ = store.watch("/", start + 1, waits); var _ = store.watch("/", start + 1, quick)) {
            for (int i = 0; i < 50; i++) {
                store.put("/a", bytes("" + i));
            }
            await().until(() -> quick.calls().size() == 50);
            assertThat(slow.calls()).isEmpty();
            stuck.countDown();
            await().until(() -> slow.calls().size() == 50);
        }
        assertThat(slow.lines()).isEqualTo(quick.lines());
    }

    @Test
    void aListenerThatThrowsIsCalledForTheNextRevisionAllTheSame() {
        var seen = new Seen();
        try (var _ = store.watch("/", start + 1, changes -> {
            seen.accept(changes);
            throw new IllegalStateException("thrown by a test");
        })) {
            store.put("/a", bytes("1"));
            store.put("/a", bytes("2"));
            await().until(() -> seen.calls().size() == 2);
        }
    }

    @Test
    void aWatchOfForgottenChangesIsToldOnceAndNeverAgain() {
        store.put("/a", bytes("1"));
        forgetChanges();
        long now = store.list("").revision();
        var seen = new Seen();
        var fresh = new Seen();
        try (var _ = store.watch("/a", start + 1, seen); var _ = store.watch("/a", now + 1, fresh)) {
            await().until(() -> !seen.calls().isEmpty());
            store.put("/a", bytes("2"));
            await().until(() -> !fresh.calls().isEmpty());
        }
        assertThat(fresh.lines()).containsExactly(now + 1 + ": +/a=2");
        assertThat(seen.calls()).hasSize(1);
        assertThat(seen.calls().getFirst()).singleElement()
                .isInstanceOfSatisfying(Change.Compacted.class,
                        c -> assertThat(c.revision()).isGreaterThan(start + 1).isLessThanOrEqualTo(now + 1));
    }

    @Test
    void aListenerTooSlowForWhatIsKeptIsToldOnceAndNeverAgain() {
        var inCall = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var seen = new Seen();
        try (var _ = store.watch("/a", start + 1, changes -> {
            seen.accept(changes);
            inCall.countDown();
            uninterruptibly(goOn);
        })) {
            store.put("/a", bytes("1"));
            uninterruptibly(inCall);
            store.put("/a", bytes("2"));
            forgetChanges();
            goOn.countDown();
            await().until(() -> seen.calls().size() == 2);
        }
        assertThat(seen.lines().getFirst()).isEqualTo(start + 1 + ": +/a=1");
        assertThat(seen.calls().getLast()).singleElement().isInstanceOf(Change.Compacted.class);
    }

    @Test
    void onceCloseReturnsTheListenerIsNotCalled() throws Exception {
        for (int i = 0; i < 20; i++) {
            var closed = new AtomicReference<Boolean>(false);
            var late = new AtomicInteger();
            try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                var watch = store.watch("/", start + 1, _ -> {
                    if (closed.get()) {
                        late.incrementAndGet();
                    }
                });
                var writing = pool.submit(() -> {
                    for (int n = 0; n < 10; n++) {
                        store.put("/a", bytes("" + n));
                    }
                });
                watch.close();
                closed.set(true);
                writing.get();
            }
            assertThat(late).hasValue(0);
        }
    }

    @Test
    void closeWaitsForTheCallInProgress() throws Exception {
        var inCall = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var ended = new AtomicReference<Boolean>(false);
        var watch = store.watch("/", start + 1, _ -> {
            inCall.countDown();
            uninterruptibly(goOn);
            ended.set(true);
        });
        store.put("/a", bytes("1"));
        uninterruptibly(inCall);
        var seenEnded = new AtomicReference<Boolean>();
        Thread closer = Thread.ofVirtual().start(() -> {
            watch.close();
            seenEnded.set(ended.get());
        });
        await().until(() -> closer.getState() == Thread.State.WAITING);
        goOn.countDown();
        closer.join();
        assertThat(seenEnded).hasValue(true);
    }

    @Test
    void aListenerMayCloseItsOwnWatch() {
        var self = new AtomicReference<Store.Watch>();
        var ready = new CountDownLatch(1);
        var seen = new Seen();
        self.set(store.watch("/", start + 1, changes -> {
            uninterruptibly(ready);
            seen.accept(changes);
            self.get().close();
        }));
        ready.countDown();
        store.put("/a", bytes("1"));
        store.put("/a", bytes("2"));
        await().until(() -> !seen.calls().isEmpty());
        var other = new Seen();
        try (var _ = store.watch("/", start + 1, other)) {
            await().until(() -> other.calls().size() == 2);
        }
        assertThat(seen.lines()).containsExactly(start + 1 + ": +/a=1");
    }

    @Test
    void aListenerMayUseTheStore() {
        try (var _ = store.watch("/in", start + 1, changes -> store.put("/out", ((Change.Stored) changes.getFirst()).entry().value()))) {
            store.put("/in", bytes("1"));
            await().until(() -> store.get("/out").isPresent());
        }
    }

    @Test
    void aClosedStoreSaysSoAndCallsNobody() {
        var seen = new Seen();
        Lease lease = store.grant(Duration.ofMinutes(1));
        store.watch("/", start + 1, seen);
        store.close();
        store.close();
        unavailable(() -> store.watch("/", start + 1, seen));
        unavailable(() -> store.grant(Duration.ofMinutes(1)));
        unavailable(() -> store.keepAlive(lease));
        unavailable(() -> store.revoke(lease));
        unavailable(() -> store.get("/a"));
        unavailable(() -> store.list("/"));
        unavailable(() -> store.put("/a", bytes("1")));
        assertThat(seen.calls()).isEmpty();
    }

    private static void unavailable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    }

    // ---- leases

    @Test
    void aLeaseThatIsNotKeptAliveDeletesItsKeysAsOneRevision() {
        Lease lease = store.grant(Duration.ofSeconds(2));
        store.txn(List.of(), List.of(leased("/b", lease), leased("/a", lease), put("/stays", "x")));
        var seen = new Seen();
        try (var _ = store.watch("/", start + 2, seen)) {
            pass(Duration.ofSeconds(1));
            assertThat(store.get("/a")).isPresent().get().extracting(Entry::lease).isEqualTo(lease);
            pass(Duration.ofSeconds(2));
            await().until(() -> !seen.lines().isEmpty());
        }
        assertThat(keys("/")).containsExactly("/stays");
        assertThat(seen.lines()).containsExactly(start + 2 + ": -/a -/b");
        notFound(() -> store.keepAlive(lease));
    }

    @Test
    void aLeaseThatIsKeptAliveLivesOn() {
        Lease lease = store.grant(Duration.ofSeconds(2));
        store.txn(List.of(), List.of(leased("/a", lease)));
        for (int i = 0; i < 4; i++) {
            pass(Duration.ofSeconds(1));
            store.keepAlive(lease);
        }
        assertThat(keys("/")).containsExactly("/a");
        pass(Duration.ofSeconds(3));
        await().until(() -> keys("/").isEmpty());
    }

    @Test
    void aRevokedLeaseEndsAtOnce() {
        Lease lease = store.grant(Duration.ofMinutes(1));
        Lease other = store.grant(Duration.ofMinutes(1));
        store.txn(List.of(), List.of(leased("/a", lease), leased("/b", other)));
        store.revoke(lease);
        assertThat(keys("/")).containsExactly("/b");
        assertThat(store.list("").revision()).isEqualTo(start + 2);
        notFound(() -> store.keepAlive(lease));
        notFound(() -> store.txn(List.of(), List.of(put("/d", "1"), leased("/c", lease))));
        assertThat(keys("/")).containsExactly("/b");
        store.revoke(lease);
        assertThat(store.list("").revision()).isEqualTo(start + 2);
        assertThat(other).isNotEqualTo(lease);
    }

    @Test
    void anEndedLeaseWithoutKeysMakesNoRevision() {
        store.revoke(store.grant(Duration.ofMinutes(1)));
        assertThat(store.list("").revision()).isEqualTo(start);
    }

    @Test
    void aPutReplacesTheLeaseOfTheKey() {
        Lease first = store.grant(Duration.ofMinutes(1));
        Lease second = store.grant(Duration.ofMinutes(1));
        store.txn(List.of(), List.of(leased("/a", first), leased("/b", first), leased("/c", first)));
        store.txn(List.of(), List.of(leased("/a", second)));
        store.put("/b", bytes("free"));
        store.revoke(first);
        assertThat(keys("/")).containsExactly("/a", "/b");
        store.revoke(second);
        assertThat(keys("/")).containsExactly("/b");
    }

    private static void notFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    }

    // ---- words of these tests

    protected static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    protected static Write put(String key, String value) {
        return new Write.Put(key, bytes(value), Lease.NONE);
    }

    private static Write leased(String key, Lease lease) {
        return new Write.Put(key, bytes("leased"), lease);
    }

    private static Compare modified(String key, long revision) {
        return new Compare.Modified(key, revision);
    }

    private static Compare absent(String key) {
        return new Compare.Modified(key, 0);
    }

    private static Compare holds(String key, String value) {
        return new Compare.Value(key, bytes(value));
    }

    protected String value(String key) {
        return new String(store.get(key).orElseThrow().value(), UTF_8);
    }

    protected List<String> keys(String prefix) {
        return store.list(prefix).entries().stream().map(Entry::key).toList();
    }

    private static long revision(List<Change> changes) {
        return Seen.revision(changes.getFirst());
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
