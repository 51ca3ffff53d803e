package reeve.front.cli;

import java.time.Duration;
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

/// `down`: stops apps and forgets them.
@Command(name = "down", description = "Stop apps and forget them: those named, or all. Logs stay.")
final class DownVerb implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration STOPPED = Duration.ofMinutes(2);

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
        for (String app : names) {
            client.down(app, volumes);
            around.out().println("Stopping " + app + (volumes ? "; its volumes go once everything of it has stopped" : ""));
        }
        if (names.isEmpty() && !all) {
            around.out().println("No apps.");
        }
        if (!Waiting.until(around.time(), LOOK, STOPPED, () -> client.instances(Optional.empty()).stream()
                .noneMatch(row -> names.contains(row.app())))) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot see the end of it: something still runs after " + STOPPED.toMinutes()
                    + " minutes; see: reeve ps");
        }
        if (all) {
            client.shutdown();
            around.out().println("Reeve ends.");
        }
        return 0;
    }
}
