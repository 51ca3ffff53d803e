package reeve.front.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.Lines;
import reeve.model.Selector;

/// `logs`: what instances wrote.
@Command(name = "logs", description = "Show what instances wrote.")
final class LogsVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Option(names = {"-f", "--follow"}, description = "Go on with what they write from now on.")
    boolean follow;

    @Option(names = {"-n", "--tail"}, paramLabel = "N", defaultValue = "100", description = "Last lines of each instance (default 100).")
    int tail;

    @Parameters(paramLabel = "APP[/SERVICE[/N]]", description = "Whose logs.")
    String what = "";

    LogsVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        try (Lines lines = connection.client(around).logs(Selector.parse(what), tail, follow)) {
            for (Optional<String> line = lines.next(); line.isPresent() && !around.out().checkError(); line = lines.next()) {
                around.out().println(Printable.output(line.get(), around.colour()));
            }
        }
        return 0;
    }
}
