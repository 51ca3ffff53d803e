package reeve.front.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.base.Sizes;
import reeve.front.client.Lines;
import reeve.front.client.ReeveClient;
import reeve.model.wire.UsageRow;

/// `stats`: what instances use.
@Command(name = "stats", description = "Show what running instances use, every second: processor, memory, processes.")
final class StatsVerb implements Callable<Integer> {
    private static final String CLEAR = "\u001b[H\u001b[J";

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = "--no-stream", description = "Once.")
    boolean once;

    @Parameters(arity = "0..*", paramLabel = "APP", description = "Only theirs.")
    List<String> apps = List.of();

    StatsVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        try (Lines lines = client.stats(apps, !once)) {
            for (Optional<String> line = lines.next(); line.isPresent() && !around.out().checkError(); line = lines.next()) {
                if (output.json()) {
                    around.out().println(line.get());
                } else {
                    print(client.usage(line.get()));
                }
            }
        }
        return 0;
    }

    private void print(List<UsageRow> rows) {
        if (!once && around.keyboard().isTerminal()) {
            around.out().print(CLEAR);
        }
        if (rows.isEmpty()) {
            around.out().println("Nothing runs.");
            return;
        }
        var table = new Table("INSTANCE", "STATE", "CPU", "MEMORY", "LIMIT", "PROCESSES");
        for (UsageRow row : rows) {
            table.row(
                    Table.Cell.of(row.instance()),
                    new Table.Cell(row.state(), Paint.of(row.state())),
                    Table.Cell.of(row.cpuPercent() == null ? "-" : String.format(Locale.ROOT, "%.1f%%", row.cpuPercent())),
                    Table.Cell.of(size(row.memoryBytes())),
                    Table.Cell.of(size(row.memoryLimit())),
                    Table.Cell.of(row.processes() == null ? "-" : row.processes().toString()));
        }
        table.print(around);
    }

    private static String size(@Nullable Long bytes) {
        return bytes == null ? "-" : Sizes.words(bytes);
    }
}
