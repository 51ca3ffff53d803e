package reeve.front.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.journal.Journal;

/// The last restarts on this node, with their reasons: the journal's entries about them, kept at hand, since a look through the whole
/// journal takes longer than a page may. Any thread.
public final class Restarts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Restarts.class);
    private static final int MOST = 100;

    /// What is written of an instance that goes down and is to come back, or that gave up.
    private static final Set<String> KINDS = Set.of("backing_off", "replacing", "failed");

    private final Journal journal;
    private final Deque<Journal.Entry> entries = new ArrayDeque<>();
    private final AutoCloseable following;

    public Restarts(Journal journal) {
        this.journal = journal;
        following = journal.follow(this::add);
    }

    /// Reads what was before, on a thread of its own: it is a look through the whole journal.
    public void recall() {
        Thread.ofVirtual().name("restarts").start(this::read);
    }

    private void read() {
        try {
            List<Journal.Entry> before = journal.read(Restarts::concerns, MOST);
            synchronized (this) {
                long first = entries.isEmpty() ? Long.MAX_VALUE : entries.getFirst().number();
                before.reversed().stream().filter(entry -> entry.number() < first && entries.size() < MOST).forEach(entries::addFirst);
            }
        } catch (RuntimeException e) { // the page then shows those of now only
            LOG.error("cannot read restarts from the journal", e);
        }
    }

    private static boolean concerns(Journal.Entry entry) {
        return KINDS.contains(entry.what());
    }

    private synchronized void add(Journal.Entry entry) {
        if (concerns(entry)) {
            entries.addLast(entry);
            if (entries.size() > MOST) {
                entries.removeFirst();
            }
        }
    }

    /// Oldest first.
    synchronized List<Journal.Entry> last() {
        return List.copyOf(entries);
    }

    @Override
    public void close() {
        try {
            following.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop following the journal", e);
        }
    }
}
