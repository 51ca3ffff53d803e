package reeve.front.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reeve.model.Failure;
import reeve.model.wire.MetricsAnswer;
import reeve.model.wire.MetricsAnswer.LimitRow;
import reeve.model.wire.MetricsAnswer.NumberRow;

/// Holds the numbers of Prometheus' text format to limits. Pure.
final class MetricLimits {
    private MetricLimits() {}

    /// @param limits beginning of a metric's name → the most that each of its numbers may be
    /// @throws Failure `INVALID` where a name could mean several metrics, or means none
    static MetricsAnswer check(String text, Map<String, Double> limits) {
        limits.keySet().forEach(name -> limits.keySet().stream()
                .filter(other -> !other.equals(name) && other.startsWith(name))
                .findFirst()
                .ifPresent(other -> {
                    throw wrong(name, "'" + other + "' begins with it too, so it is not clear which is meant");
                }));
        Map<String, List<NumberRow>> metrics = read(text);
        var rows = new ArrayList<LimitRow>();
        limits.forEach((name, max) -> rows.add(row(name, max, metrics)));
        return new MetricsAnswer(rows.stream().allMatch(row -> row.exceeded().isEmpty()), rows);
    }

    private static LimitRow row(String name, double max, Map<String, List<NumberRow>> metrics) {
        List<String> meant = metrics.keySet().stream().filter(metric -> metric.startsWith(name)).toList();
        if (meant.size() != 1) {
            throw wrong(name, meant.isEmpty() ? "no metric begins with it" : String.join(", ", meant) + " begin with it");
        }
        List<NumberRow> exceeded = metrics.get(meant.getFirst()).stream()
                .filter(number -> !(number.value() <= max)) // not a number is no proof either
                .toList();
        return new LimitRow(meant.getFirst(), max, exceeded);
    }

    private static Failure wrong(String name, String why) {
        return new Failure(Failure.Kind.INVALID, "cannot check '" + name + "': " + why);
    }

    /// Metrics and their numbers; those that are only announced have none.
    private static Map<String, List<NumberRow>> read(String text) {
        var metrics = new TreeMap<String, List<NumberRow>>();
        String announced = "";
        for (String line : text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
            if (line.startsWith("#")) {
                String[] words = line.split("\\s+", 4);
                if (words.length >= 3 && words[1].equals("TYPE")) {
                    announced = words[2];
                    metrics.computeIfAbsent(announced, _ -> new ArrayList<>());
                }
                continue;
            }
            int end = endOfSeries(line);
            String series = line.substring(0, end);
            String name = series.replaceFirst("\\{.*", "");
            boolean part = !announced.isEmpty() && name.startsWith(announced); // _bucket, _sum, _count
            metrics.computeIfAbsent(part ? announced : name, _ -> new ArrayList<>()).add(new NumberRow(series, value(line, end)));
        }
        return new LinkedHashMap<>(metrics);
    }

    /// Label values may hold braces and blanks; a quote in them is written `\"`.
    private static int endOfSeries(String line) {
        boolean labels = false;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '{') {
                labels = true;
            } else if (!quoted && c == '}') {
                return i + 1;
            } else if (!labels && Character.isWhitespace(c)) {
                return i;
            }
        }
        throw unreadable(line);
    }

    private static double value(String line, int from) {
        String number = line.substring(from).strip().split("\\s+")[0]; // a time may follow
        try {
            return switch (number) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(number);
            };
        } catch (NumberFormatException e) {
            throw unreadable(line);
        }
    }

    private static Failure unreadable(String line) {
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot read the metrics: not in Prometheus' text format: "
                + (line.length() <= 100 ? line : line.substring(0, 100) + "..."));
    }
}
