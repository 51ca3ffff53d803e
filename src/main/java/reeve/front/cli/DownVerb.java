package reeve.front.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reeve.base.Waiting;
import reeve.front.client.ReeveClient;
import reeve.model.Failure;
import reeve.model.wire.AppRow;
import reeve.model.wire.JournalRow;

/// `down`: stops apps and forgets them.
@Command(name = "down", description = "Stop apps and forget them: those named, or all. Logs stay.")
final class DownVerb implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration STOPPED = Duration.ofMinutes(2);
    private static final Duration REMOVED = Duration.ofMinutes(2);

    private final Surroundings around;

    @Spec
    CommandSpec spec;

    @Mixin
    Connection connection = new Connection();

    @Option(names = "--all", description = "All apps, and then Reeve itself.")
    boolean all;

    @Option(names = "--volumes", description = "Remove their volumes too, once everything of them has stopped.")
    boolean volumes;

    @Parameters(paramLabel = "APP", description = "Apps to take down; none: all of them, Reeve stays.")
    List<String> apps = List.of();

    DownVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        if (all && !apps.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "cannot take down " + apps.getFirst() + " and --all: give one of them");
        }
        ReeveClient client = connection.client(around);
        List<String> names = apps.isEmpty() ? client.apps().stream().map(AppRow::app).toList() : apps;
        long before = client.journal(Optional.empty(), 1).stream().mapToLong(JournalRow::number).max().orElse(-1);
        var withVolumes = new ArrayList<String>();
        for (String app : names) {
            List<String> going = client.down(app, volumes);
            if (!going.isEmpty()) {
                withVolumes.add(app);
            }
            around.out().println("Stopping " + app
                    + (going.isEmpty() ? "" : "; what goes once everything of it has stopped: " + String.join(", ", going)));
        }
        if (names.isEmpty() && !all) {
            around.out().println("No apps.");
        }
        if (!Waiting.until(around.time(), LOOK, STOPPED, () -> client.instances(Optional.empty()).stream()
                .noneMatch(row -> names.contains(row.app())))) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot see the end of it: something still runs after " + STOPPED.toMinutes()
                    + " minutes; see: reeve ps");
        }
        withVolumes.forEach(app -> awaitRemoval(client, app, before));
        if (all) {
            client.shutdown();
            around.out().println("Reeve ends.");
        }
        return 0;
    }

    private void awaitRemoval(ReeveClient client, String app, long before) {
        var told = new ArrayList<JournalRow>();
        boolean over = Waiting.until(around.time(), LOOK, REMOVED, () -> {
            client.journal(Optional.of(app), 20).stream()
                    .filter(entry -> entry.number() > before && entry.what().startsWith("volumes_"))
                    .forEach(told::add);
            return !told.isEmpty();
        });
        if (!over) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot see the volumes of " + app + " go within " + REMOVED.toMinutes()
                    + " minutes; see: reeve journal " + app);
        }
        if (told.getFirst().what().equals("volumes_stay")) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot remove the volumes of " + app + ": " + told.getFirst().why());
        }
        around.out().println("Removed the volumes of " + app);
    }
}
