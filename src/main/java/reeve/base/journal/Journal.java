package reeve.base.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The node's journal. Any thread.
public interface Journal extends AutoCloseable {

    /// Adds an entry at the end. Durable against kill -9 when it returns (written to the file), against power loss within a second.
    /// Never throws. Control characters are spelled out, long texts cut and facts past a bound left out: what it returns is what was
    /// written, and is fit for a terminal.
    /// @param subject what it is about: `app`, `app/service`, `app/service/N`, a node name, or `-` for Reeve itself
    /// @param what    the decision or observation, a short verb phrase: `start`, `asleep`, `exited`
    /// @param why     one line, readable without context
    /// @param facts   what it was based on, in order
    Entry append(String subject, String what, String why, Map<String, String> facts);

    /// The newest entries that match, oldest first, at most `limit`. Reads no further back than it must; entries that are older than
    /// the journal's bound are gone. Blocks for IO.
    List<Entry> read(Predicate<Entry> filter, int limit);

    /// Calls the listener for every entry appended from now on, in order, on a thread of the journal's own. A listener that
    /// falls more than a bound behind misses entries: it sees a gap in `number`. What it throws is logged.
    /// @return ends it: once its `close` returns the listener is not called again (unless the listener itself calls it)
    AutoCloseable follow(Consumer<Entry> listener);

    @Override
    void close();

    /// @param number counts up by one, never reused on this node
    record Entry(long number, Instant at, String subject, String what, String why, Map<String, String> facts) {

        /// Whether this entry is about the subject or about something within it (`wiki` covers `wiki/web/1`).
        public boolean concerns(String name) {
            return subject.equals(name) || subject.startsWith(name + "/");
        }
    }
}
