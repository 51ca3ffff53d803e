package reeve.declare.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Gathers what is wrong with one file while it is read, so that its author sees everything at once. Not for sharing.
public final class Problems {
    /// The most that are kept of each sort.
    public static final int MOST = 50;

    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    public void error(Place place, String key, String message) {
        add(errors, new Problem(place, key, message));
    }

    public void warning(Place place, String key, String message) {
        add(warnings, new Problem(place, key, message));
    }

    /// Whether one more error would be kept; otherwise there is no need to find good words for it.
    public boolean wantsMore() {
        return errors.size() <= MOST;
    }

    /// How many errors there are so far, to see whether a part of the file added any.
    public int errorCount() {
        return errors.size();
    }

    /// In the file's order.
    public List<Problem> errors() {
        return sorted(errors, "more errors follow; these are the first " + (MOST - 1));
    }

    /// In the file's order.
    public List<Problem> warnings() {
        return sorted(warnings, "more warnings follow; these are the first " + (MOST - 1));
    }

    private static void add(Set<Problem> problems, Problem problem) {
        if (problems.size() <= MOST) {
            problems.add(problem);
        }
    }

    private static List<Problem> sorted(Set<Problem> problems, String more) {
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparing(Problem::place));
        if (sorted.size() <= MOST) {
            return List.copyOf(sorted);
        }
        var first = new ArrayList<>(sorted.subList(0, MOST - 1));
        first.add(new Problem(Place.NONE, "", more));
        return List.copyOf(first);
    }
}
