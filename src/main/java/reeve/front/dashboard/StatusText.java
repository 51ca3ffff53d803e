package reeve.front.dashboard;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The status page for terminals. Pure; control characters of whatever origin are shown as `?`.
final class StatusText {
    private StatusText() {}

    static String of(StatusView view) {
        var text = new StringBuilder();
        text.append("Reeve ").append(view.version()).append(" on ").append(printable(view.node()))
                .append(view.nodeClass().isEmpty() ? "" : " (" + printable(view.nodeClass()) + ")")
                .append(", pid ").append(view.pid()).append(", up ").append(view.up())
                .append(view.ready() ? "" : ", starting").append(", ").append(view.time()).append('\n');
        if (!view.labels().isEmpty()) {
            text.append(printable(String.join(" ", view.labels()))).append('\n');
        }
        view.notes().forEach(note -> text.append("Note: ").append(printable(note)).append('\n'));
        if (view.apps().isEmpty()) {
            text.append("\nNo apps. Start one: reeve up -f examples/hello\n");
        }
        for (StatusView.AppView app : view.apps()) {
            var rows = new ArrayList<List<String>>();
            rows.add(List.of(app.name(), "STATE", "PID", "VERSION", "ADDRESS", "CPU", "MEMORY", "RESTARTS", "SINCE", "REASON"));
            app.instances().forEach(instance -> rows.add(List.of(instance.name(), instance.state(), instance.pid(),
                    instance.version(), instance.address(), instance.cpu(), memory(instance), Integer.toString(instance.restarts()),
                    instance.since(), instance.reason())));
            text.append('\n').append(table(rows));
        }
        if (!view.routes().isEmpty()) {
            var rows = new ArrayList<List<String>>();
            rows.add(List.of("ROUTE", "TO", "TARGETS"));
            view.routes().forEach(route ->
                    rows.add(List.of(route.url().isEmpty() ? route.label() : route.url(), route.to(), route.targets().stream()
                    .map(target -> target.address() + " " + target.state() + ", " + target.inFlight() + " open")
                    .collect(Collectors.joining("; ")))));
            text.append('\n').append(table(rows));
        }
        if (!view.restarts().isEmpty()) {
            var rows = new ArrayList<List<String>>();
            rows.add(List.of("LAST RESTARTS", "AGO", "STATE", "WHY"));
            view.restarts().forEach(restart -> rows.add(List.of(restart.instance(), restart.since(), restart.what(), restart.why())));
            text.append('\n').append(table(rows));
        }
        return text.toString();
    }

    private static String memory(StatusView.InstanceLine instance) {
        return instance.memory() + (instance.memory().isEmpty() || instance.memoryLimit().isEmpty() ? "" : " of " + instance.memoryLimit());
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static String table(List<List<String>> rows) {
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
                line.append(printable(row.get(i))).append(" ".repeat(width - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
