package reeve.base.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reeve.base.journal.Journal.Entry;
import reeve.testing.VirtualTime;

/// What every journal does, the fake one too.
abstract class JournalContract {
    protected final VirtualTime time = new VirtualTime();
    protected Journal journal;

    protected abstract Journal open();

    @BeforeEach
    void openJournal() {
        journal = open();
    }

    @AfterEach
    void closeJournal() {
        journal.close();
    }

    @Test
    void entriesComeBackAsTheyWereAppended() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("z", "1");
        facts.put("a", "\"quoted\" and \\ and é");
        Entry first = journal.append("wiki/web/1", "start", "it is wanted", facts);
        Entry second = journal.append("-", "stop", "", Map.of());

        assertThat(first.number()).isEqualTo(1);
        assertThat(second.number()).isEqualTo(2);
        assertThat(first.at()).isEqualTo(time.wall());
        assertThat(journal.read(_ -> true, 10)).containsExactly(first, second);
        assertThat(journal.read(_ -> true, 10).getFirst().facts().keySet()).containsExactly("z", "a");
    }

    @Test
    void theNewestThatMatchAreReadOldestFirst() {
        for (int i = 1; i <= 100; i++) {
            journal.append(i % 2 == 0 ? "even" : "odd", "note", "number " + i, Map.of());
        }
        assertThat(journal.read(_ -> true, 3)).extracting(Entry::number).containsExactly(98L, 99L, 100L);
        assertThat(journal.read(e -> e.concerns("odd"), 2)).extracting(Entry::number).containsExactly(97L, 99L);
        assertThat(journal.read(e -> e.concerns("od"), 2)).isEmpty();
        assertThat(journal.read(_ -> true, 0)).isEmpty();
    }

    @Test
    void anEntryConcernsItsSubjectAndWhatItLiesWithin() {
        Entry entry = journal.append("wiki/web/1", "start", "", Map.of());
        assertThat(entry.concerns("wiki")).isTrue();
        assertThat(entry.concerns("wiki/web")).isTrue();
        assertThat(entry.concerns("wiki/web/1")).isTrue();
        assertThat(entry.concerns("wiki/we")).isFalse();
        assertThat(entry.concerns("wiki/web/10")).isFalse();
    }

    @Test
    void aFollowerSeesEveryEntryFromNowOnInOrder() throws Exception {
        journal.append("before", "note", "", Map.of());
        var seen = new CopyOnWriteArrayList<Long>();
        try (var _ = journal.follow(entry -> seen.add(entry.number()))) {
            for (int i = 0; i < 50; i++) {
                journal.append("now", "note", "", Map.of());
            }
            await().until(() -> seen.size() == 50);
        }
        assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(2, 51).boxed().toList());
        journal.append("after", "note", "", Map.of());
        assertThat(seen).hasSize(50);
    }

    @Test
    void aFollowerTooFarBehindDelaysNobodyAndSeesAGap() throws Exception {
        var inCall = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        List<Long> seen = new CopyOnWriteArrayList<>();
        try (var _ = journal.follow(entry -> {
            seen.add(entry.number());
            inCall.countDown();
            uninterruptibly(goOn);
        })) {
            journal.append("-", "note", "", Map.of());
            uninterruptibly(inCall);
            for (int i = 0; i < 3_000; i++) {
                journal.append("-", "note", "", Map.of());
            }
            goOn.countDown();
            await().until(() -> seen.size() == 1 + 1024);
            journal.append("-", "last", "", Map.of());
            await().until(() -> seen.getLast() == 3_002);
        }
        assertThat(new ArrayList<>(seen)).isSorted();
    }

    @Test
    void aFollowerMayEndItsOwnFollowing() {
        var self = new AutoCloseable[1];
        var ready = new CountDownLatch(1);
        var seen = new CopyOnWriteArrayList<Long>();
        var others = new CopyOnWriteArrayList<Long>();
        self[0] = journal.follow(entry -> {
            uninterruptibly(ready);
            seen.add(entry.number());
            try {
                self[0].close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        ready.countDown();
        journal.follow(entry -> others.add(entry.number()));
        journal.append("-", "note", "", Map.of());
        await().until(() -> others.size() == 1 && seen.size() == 1);
        journal.append("-", "note", "", Map.of());
        await().until(() -> others.size() == 2);
        assertThat(seen).containsExactly(1L);
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
