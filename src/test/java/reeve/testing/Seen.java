package reeve.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import reeve.store.Store.Change;
import reeve.store.Store.Entry;

/// A watch's listener that writes down what it is told, one line per revision: `5: +/a=x -/b`.
public final class Seen implements Consumer<List<Change>> {
    private final List<String> lines = new ArrayList<>();
    private final List<List<Change>> calls = new ArrayList<>();

    @Override
    public synchronized void accept(List<Change> changes) {
        calls.add(changes);
        lines.add(line(changes));
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    public synchronized List<List<Change>> calls() {
        return List.copyOf(calls);
    }

    private static String line(List<Change> changes) {
        var line = new StringBuilder();
        for (Change change : changes) {
            String word = switch (change) {
                case Change.Stored(Entry entry) -> "+" + entry.key() + "=" + new String(entry.value());
                case Change.Deleted(String key, long _) -> "-" + key;
                case Change.Compacted _ -> "compacted";
            };
            line.append(line.isEmpty() ? revision(change) + ": " : " ").append(word);
        }
        return line.toString();
    }

    public static long revision(Change change) {
        return switch (change) {
            case Change.Stored(Entry entry) -> entry.modified();
            case Change.Deleted(String _, long revision) -> revision;
            case Change.Compacted(long revision) -> revision;
        };
    }
}
