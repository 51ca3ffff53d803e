package reeve.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds what somebody most likely meant to write.
public final class Nearest {
    private static final int LONGEST = 64;

    private Nearest() {}

    /// The candidate with the fewest edits (insert, delete, replace, swap of neighbours), if it is near enough to be meant.
    public static Optional<String> to(String written, Collection<String> candidates) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = normal(written);
        int fewest = 1 + Math.max(1, Math.min(3, written.length() / 3));
        Optional<String> nearest = Optional.empty();
        for (String candidate : candidates) {
            int edits = candidate.length() > LONGEST ? Integer.MAX_VALUE : edits(wanted, normal(candidate));
            if (edits < fewest) {
                fewest = edits;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /// `; did you mean 'X'?`, or nothing.
    public static String hint(String written, Collection<String> candidates) {
        return to(written, candidates).map(near -> "; did you mean '" + near + "'?").orElse("");
    }

    /// `dependsOn`, `depends-on` and `depends_on` are the same word to people.
    private static String normal(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    private static int edits(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                cost[i][j] = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[from.length()][to.length()];
    }
}
