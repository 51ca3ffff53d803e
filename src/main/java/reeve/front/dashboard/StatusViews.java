package reeve.front.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reeve.base.Durations;
import reeve.base.Sizes;
import reeve.front.client.RouteUrl;
import reeve.model.Address;
import reeve.model.wire.AppRow;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.RouteRow;
import reeve.model.wire.UsageRow;

/// Makes the view of the node's answers. Pure.
final class StatusViews {
    private static final int MOST_RESTARTS = 12;
    private static final int MOST_RESTARTS_OF_ONE = 3;

    private StatusViews() {}

    static StatusView of(NodeAnswer node, List<AppRow> apps, List<InstanceRow> instances, List<RouteRow> routes,
            List<JournalRow> restarts, List<UsageRow> usage, Instant now) {
        Map<String, UsageRow> used = usage.stream().collect(Collectors.toMap(UsageRow::instance, row -> row));
        var counts = new LinkedHashMap<String, Integer>();
        instances.forEach(instance -> counts.merge(instance.state(), 1, Integer::sum));
        return new StatusView(
                node.node(),
                node.nodeClass(),
                node.labels().entrySet().stream().map(label -> label.getKey() + "=" + label.getValue()).toList(),
                node.version(),
                Long.toString(node.pid()),
                ago(node.startedAt(), now),
                now.truncatedTo(ChronoUnit.SECONDS).toString(),
                node.ready(),
                node.notes(),
                counts.entrySet().stream().map(count -> new StatusView.Count(words(count.getKey()), tone(count.getKey()), count.getValue()))
                        .toList(),
                apps.stream().map(app -> app(app, instances, used, now)).toList(),
                routes.stream().map(route -> route(route, node.http())).toList(),
                restarts(restarts, now));
    }

    /// The newest first. One that restarts again and again does not push the others off the page; one that was stopped because it was
    /// unwell, and then waits, restarts once.
    private static List<StatusView.RestartLine> restarts(List<JournalRow> restarts, Instant now) {
        var shown = new HashMap<String, Integer>();
        var next = new HashMap<String, JournalRow>();
        return restarts.reversed().stream()
                .filter(restart -> {
                    JournalRow later = next.put(restart.subject(), restart);
                    return later == null || !restart.what().equals("replacing") || !later.what().equals("backing_off")
                            || !later.why().startsWith(restart.why());
                })
                .filter(restart -> shown.merge(restart.subject(), 1, Integer::sum) <= MOST_RESTARTS_OF_ONE)
                .limit(MOST_RESTARTS)
                .map(restart -> restart(restart, now))
                .toList();
    }

    private static StatusView.RestartLine restart(JournalRow row, Instant now) {
        return new StatusView.RestartLine(row.subject(), ago(row.at(), now), row.at().truncatedTo(ChronoUnit.SECONDS).toString(),
                words(row.what()), tone(row.what()), row.why());
    }

    /// A clock may have been set back meanwhile.
    private static String ago(Instant then, Instant now) {
        return Durations.words(Duration.ofSeconds(Math.max(0, Duration.between(then, now).toSeconds())));
    }

    private static StatusView.AppView app(AppRow app, List<InstanceRow> instances, Map<String, UsageRow> used, Instant now) {
        return new StatusView.AppView(app.app(), app.file(), instances.stream()
                .filter(instance -> instance.app().equals(app.app()))
                .map(instance -> instance(instance, used.get(instance.instance()), now))
                .toList());
    }

    /// @param used null where nothing of it runs, or nobody can tell
    private static StatusView.InstanceLine instance(InstanceRow row, @Nullable UsageRow used, Instant now) {
        return new StatusView.InstanceLine(
                row.instance().substring(row.instance().indexOf('/') + 1),
                words(row.state()),
                tone(row.state()),
                row.version() == null ? "" : row.version(),
                row.pid() == null ? "" : row.pid().toString(),
                row.address() == null ? "" : row.address(),
                used == null || used.cpuPercent() == null ? "" : String.format(Locale.ROOT, "%.1f%%", used.cpuPercent()),
                used == null || used.memoryBytes() == null ? "" : Sizes.words(used.memoryBytes()),
                used == null || used.memoryLimit() == null ? "" : Sizes.words(used.memoryLimit()),
                row.restarts(),
                ago(row.since(), now),
                row.since().truncatedTo(ChronoUnit.SECONDS).toString(),
                row.reason());
    }

    private static StatusView.RouteLine route(RouteRow route, @Nullable String http) {
        boolean linked = http != null && !route.host().startsWith("*.");
        return new StatusView.RouteLine(
                linked ? RouteUrl.of(route, Address.parse(http)) : "",
                (route.host().equals("*") ? "any host" : route.host()) + route.path(),
                route.to() == null ? route.app() + "/" + route.service() : route.to(),
                route.source(),
                route.targets().stream()
                        .map(target -> new StatusView.TargetLine(target.address(), words(target.state()), tone(target.state()),
                                target.inFlight()))
                        .toList());
    }

    private static String words(String state) {
        return state.replace('_', ' ');
    }

    /// What a state means to people; one that a newer node may know is plain.
    static String tone(String state) {
        return switch (state) {
            case "running", "done" -> "good";
            case "starting", "waking", "replacing", "stopping", "falling_asleep", "backing_off" -> "wait";
            case "unhealthy", "failed", "conflict", "unknown" -> "bad";
            case "asleep" -> "rest";
            default -> "dim";
        };
    }
}
