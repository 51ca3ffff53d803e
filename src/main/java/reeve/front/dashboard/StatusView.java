package reeve.front.dashboard;

import java.util.List;

/// What the status page shows, ready to print.
/// @param nodeClass empty where none is set
/// @param labels `NAME=VALUE`
/// @param up     how long this Reeve runs, `3h12m`
/// @param notes  what people should know of how the node runs
/// @param counts how many instances are in each state, the states in the order of their first instance
/// @param restarts the newest first
public record StatusView(
        String node,
        String nodeClass,
        List<String> labels,
        String version,
        String pid,
        String up,
        String time,
        boolean ready,
        List<String> notes,
        List<Count> counts,
        List<AppView> apps,
        List<RouteLine> routes,
        List<RestartLine> restarts) {

    public StatusView {
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
        restarts = List.copyOf(restarts);
        counts = List.copyOf(counts);
        apps = List.copyOf(apps);
        routes = List.copyOf(routes);
    }

    /// @param tone one of `good wait bad rest dim`, what the state means to people
    public record Count(String state, String tone, int number) {}

    public record AppView(String name, String file, List<InstanceLine> instances) {
        public AppView {
            instances = List.copyOf(instances);
        }

        /// Whether any instance has a version to show.
        public boolean versioned() {
            return instances.stream().anyMatch(instance -> !instance.version().isEmpty());
        }
    }

    /// @param name  without the app: `web/1`
    /// @param cpu   of one processor, `1.5%`; empty, as the next two, where nobody can tell
    /// @param memoryLimit empty for none
    /// @param since relative, `12s`
    /// @param at    the same in full
    public record InstanceLine(
            String name,
            String state,
            String tone,
            String version,
            String pid,
            String address,
            String cpu,
            String memory,
            String memoryLimit,
            int restarts,
            String since,
            String at,
            String reason) {}

    /// @param since relative, `12s`
    /// @param at    the same in full
    /// @param what  what became of the instance, `backing off`
    public record RestartLine(String instance, String since, String at, String what, String tone, String why) {}

    /// @param url     empty where the proxy does not listen yet, or the host is a pattern
    /// @param label   host and path
    /// @param to      service or external address
    public record RouteLine(String url, String label, String to, String source, List<TargetLine> targets) {
        public RouteLine {
            targets = List.copyOf(targets);
        }
    }

    public record TargetLine(String address, String state, String tone, int inFlight) {}
}
