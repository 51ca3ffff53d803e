package reeve.front.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reeve.base.Waiting;
import reeve.front.client.Lines;
import reeve.front.client.ReeveClient;
import reeve.front.client.RouteUrl;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.Selector;
import reeve.model.wire.JournalRow;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.RouteRow;

/// What `up` tells while it lasts: where things are reached, and each change of state as it happens.
final class Progress implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Set<String> SLEEP = Set.of("awake", "falling_asleep", "asleep", "waking");
    private static final Set<String> BAD_ENDS = Set.of("backing_off", "failed", "unhealthy");
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Surroundings around;
    private final ReeveClient client;
    private @Nullable Lines journal;
    private @Nullable Thread follower;

    Progress(Surroundings around, ReeveClient client) {
        this.around = around;
        this.client = client;
    }

    /// Prints the journal from now on, on a thread of its own.
    void start() {
        Lines lines = client.followJournal(Optional.empty(), 0);
        journal = lines;
        var printer = new EntryPrinter(around);
        follower = Thread.ofVirtual().name("journal").start(() -> {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                JournalRow entry = client.entry(line.get());
                if (!repeated(entry)) {
                    printer.print(entry);
                    lastWords(entry);
                }
            }
        });
    }

    /// A service's sleep shows in its instances already.
    private static boolean repeated(JournalRow entry) {
        return entry.subject().split("/").length == 2 && SLEEP.contains(entry.what());
    }

    /// Below an end that nobody wanted, the last thing that the program said.
    private void lastWords(JournalRow entry) {
        if (!BAD_ENDS.contains(entry.what())) {
            return;
        }
        try (Lines lines = client.logs(Selector.parse(entry.subject()), 1, false)) {
            lines.next().ifPresent(line -> around.out().println("          " + Printable.output(line, around.colour())));
        } catch (Failure | IllegalArgumentException e) {
            // it has gone meanwhile, or the entry is about something else: then there is nothing to add
        }
    }

    /// Returns when the node ends.
    void await() {
        Thread thread = follower;
        if (thread == null) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Prints where routes and the status page are reached. What was just applied takes a moment to show; that is waited for.
    void urls(List<PlanAnswer> applied) {
        Set<String> names = applied.stream().map(PlanAnswer::app).collect(Collectors.toSet());
        boolean routed = applied.stream().flatMap(plan -> plan.changes().stream()).anyMatch(change -> change.action().equals("route"));
        Waiting.until(around.time(), LOOK, BOUND, () -> names.stream()
                .allMatch(name -> client.apps().stream().anyMatch(app -> app.app().equals(name)))
                && (client.routes(Optional.empty()).isEmpty() ? !routed : client.node().http() != null));
        List<RouteRow> routes = client.routes(Optional.empty());
        NodeAnswer node = client.node();
        var places = new LinkedHashMap<String, String>();
        String http = node.http();
        if (http != null) {
            routes.forEach(route -> places.put(RouteUrl.of(route, Address.parse(http)), RoutesVerb.destination(route)));
        }
        if (node.admin() != null) {
            places.put("http://" + node.admin() + "/", "status page");
        }
        if (!places.isEmpty()) {
            around.out().println();
        }
        int width = places.keySet().stream().mapToInt(String::length).max().orElse(0);
        places.forEach((url, what) -> around.out().println(
                "  " + Paint.BOLD.on(url, around.colour()) + " ".repeat(width - url.length()) + "  " + what));
        node.notes().forEach(note -> around.out().println("  " + Paint.WAIT.on("note: ", around.colour()) + Printable.line(note)));
        if (!places.isEmpty()) {
            around.out().println();
        }
        if (client.apps().isEmpty()) {
            around.out().println("No apps yet. Add one: reeve apply -f examples/hello");
        }
    }

    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
        await();
    }
}
