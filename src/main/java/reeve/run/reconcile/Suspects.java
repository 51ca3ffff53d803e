package reeve.run.reconcile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reeve.model.ServiceId;

/// What several services that failed at once may have in common: guesses for people, from how they fell. Pure.
final class Suspects {
    private static final Pattern DISK = Pattern.compile("no space left|disk quota|read-only file system|input/output error");
    private static final Pattern MEMORY = Pattern.compile("out of memory|cannot allocate memory|signal 9\\b|oom");
    private static final Pattern NETWORK = Pattern.compile("no route to host|name resolution|unknown host|network is unreachable");

    private Suspects() {}

    /// @param falls at least one, oldest first
    /// @return words such as `wiki/db, on which 4 of them depend; memory`
    static String of(List<Breaker.Fall> falls) {
        var suspects = new ArrayList<String>();
        needed(falls).ifPresent(suspects::add);
        Map.of("disk", DISK, "memory", MEMORY, "network or DNS", NETWORK).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(one -> 2 * falls.stream().filter(fall -> says(fall, one.getValue())).count() > falls.size())
                .forEach(one -> suspects.add(one.getKey()));
        return suspects.isEmpty() ? "what they share, such as disk, memory, network or DNS; " + falls.getFirst().id() + " failed first"
                : String.join("; ", suspects);
    }

    /// The service that most of them need, where at least half of the others do.
    private static Optional<String> needed(List<Breaker.Fall> falls) {
        Map<ServiceId, Long> counts = falls.stream().flatMap(fall -> fall.dependsOn().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return counts.entrySet().stream()
                .filter(count -> 2 * count.getValue() >= falls.size() - 1)
                .max(Map.Entry.<ServiceId, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(count -> count.getKey() + ", on which " + count.getValue() + " of them depend");
    }

    private static boolean says(Breaker.Fall fall, Pattern words) {
        return words.matcher(fall.reason().toLowerCase(Locale.ROOT)).find();
    }
}
