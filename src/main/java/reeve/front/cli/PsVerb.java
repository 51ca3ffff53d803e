package reeve.front.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.base.Durations;
import reeve.front.client.ReeveClient;
import reeve.model.wire.InstanceRow;

/// `ps`: what runs.
@Command(name = "ps", description = "Show instances and their states.")
final class PsVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "APP", description = "Only this app's.")
    @Nullable
    String app;

    PsVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<InstanceRow> instances = client.instances(Optional.ofNullable(app));
        if (output.json()) {
            around.out().println(client.json(instances));
        } else if (instances.isEmpty()) {
            around.out().println(client.apps().isEmpty()
                    ? "No apps. Start one: reeve up -f examples/hello"
                    : "No instances. What is declared asks for none; see: reeve explain APP");
        } else {
            table(instances, around.time().wall()).print(around);
        }
        return 0;
    }

    private static Table table(List<InstanceRow> instances, Instant now) {
        var table = new Table("INSTANCE", "STATE", "PID", "ADDRESS", "RESTARTS", "SINCE", "REASON");
        for (InstanceRow instance : instances) {
            table.row(
                    Table.Cell.of(instance.instance()),
                    new Table.Cell(instance.state(), Paint.of(instance.state())),
                    Table.Cell.of(instance.pid() == null ? "-" : instance.pid().toString()),
                    Table.Cell.of(instance.address() == null ? "-" : instance.address()),
                    Table.Cell.of(Integer.toString(instance.restarts())),
                    Table.Cell.of(ago(instance.since(), now)),
                    Table.Cell.of(instance.reason()));
        }
        return table;
    }

    /// `12s ago`; clocks of two machines may disagree, so never in the future.
    static String ago(Instant then, Instant now) {
        var passed = Duration.ofSeconds(Math.max(0, Duration.between(then, now).toSeconds()));
        return passed.isZero() ? "now" : Durations.words(passed) + " ago";
    }
}
