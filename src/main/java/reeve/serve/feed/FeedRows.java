package reeve.serve.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reeve.model.wire.FeedLine;

/// Rows with a version that grows with each change, and the way from one version to the newest. What was changed at once arrives at
/// once. Any thread.
final class FeedRows {
    private static final int MOST_BYTES = 48 * 1024; // of a line
    private static final int MOST_REMOVALS = 10_000; // remembered; who is further behind gets all rows

    private final String feed;
    private final Map<String, Row> rows = new HashMap<>();
    /// Key of the row, or of the removal, that each version is about.
    private final TreeMap<Long, String> changes = new TreeMap<>();
    private final TreeMap<Long, String> removals = new TreeMap<>();
    private long version = 1; // so that an empty set of rows has one too
    private long forgotten;

    private record Row(String value, long version) {}

    /// @param feed tells these versions from those of another run
    FeedRows(String feed) {
        this.feed = feed;
    }

    String feed() {
        return feed;
    }

    synchronized long version() {
        return version;
    }

    synchronized Optional<String> get(String key) {
        return Optional.ofNullable(rows.get(key)).map(Row::value);
    }

    /// @param value null to remove the row
    synchronized void put(String key, @Nullable String value) {
        if (value == null) {
            remove(key);
        } else {
            set(key, value);
        }
        notifyAll();
    }

    /// Replaces all rows whose keys begin in one of these ways.
    synchronized void replace(List<String> prefixes, Map<String, String> wanted) {
        List<String> gone = rows.keySet().stream()
                .filter(key -> !wanted.containsKey(key) && prefixes.stream().anyMatch(key::startsWith)).toList();
        gone.forEach(this::remove);
        wanted.forEach(this::set);
        notifyAll();
    }

    private void set(String key, String value) {
        Row known = rows.get(key);
        if (known != null && known.value.equals(value)) {
            return;
        }
        if (known != null) {
            changes.remove(known.version);
        }
        rows.put(key, new Row(value, ++version));
        changes.put(version, key);
    }

    private void remove(String key) {
        Row known = rows.remove(key);
        if (known == null) {
            return;
        }
        changes.remove(known.version);
        removals.put(++version, key);
        if (removals.size() > MOST_REMOVALS) {
            forgotten = removals.pollFirstEntry().getKey();
        }
    }

    /// Waits until there is more than somebody has.
    /// @return whether there is
    synchronized boolean await(String known, long from, Duration within) {
        if (!isNews(known, from)) {
            try {
                wait(Math.max(1, within.toMillis()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return isNews(known, from);
    }

    private boolean isNews(String known, long from) {
        return !known.equals(feed) || from != version;
    }

    /// The step from a version to the newest one; to all rows, where that version is of another run or too old.
    /// @return nothing where there is no news
    synchronized List<FeedLine> since(String known, long from) {
        if (!isNews(known, from)) {
            return List.of();
        }
        boolean whole = !known.equals(feed) || from < forgotten || from > version;
        long begin = whole ? 0 : from;
        var lines = new ArrayList<FeedLine>();
        var put = new ArrayList<FeedLine.FeedRow>();
        int bytes = 0;
        for (String key : changes.tailMap(begin, false).values()) {
            var row = new FeedLine.FeedRow(key, rows.get(key).value);
            int size = key.length() + row.value().length() + 32;
            if (bytes > 0 && bytes + size > MOST_BYTES) {
                lines.add(new FeedLine(feed, begin, version, false, put, List.of()));
                put.clear();
                bytes = 0;
            }
            put.add(row);
            bytes += size;
        }
        List<String> gone = begin == 0 ? List.of()
                : removals.tailMap(begin, false).values().stream().distinct().filter(key -> !rows.containsKey(key)).toList();
        lines.add(new FeedLine(feed, begin, version, true, put, gone));
        return lines;
    }
}
