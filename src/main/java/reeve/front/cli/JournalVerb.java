package reeve.front.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.Lines;
import reeve.front.client.ReeveClient;
import reeve.model.wire.JournalRow;

/// `journal`: what was decided, and why.
@Command(name = "journal", description = "Show what Reeve decided, and why.")
final class JournalVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = {"-f", "--follow"}, description = "Go on with what is decided from now on.")
    boolean follow;

    @Option(names = {"-n", "--tail"}, paramLabel = "N", defaultValue = "50", description = "Newest entries (default 50).")
    int tail;

    @Parameters(arity = "0..1", paramLabel = "SUBJECT", description = "Only what concerns an app, a service, an instance or a node.")
    @Nullable
    String subject;

    JournalVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        if (follow) {
            follow(client);
            return 0;
        }
        List<JournalRow> entries = client.journal(Optional.ofNullable(subject), tail);
        if (output.json()) {
            around.out().println(client.json(entries));
        } else if (entries.isEmpty()) {
            around.out().println(subject == null ? "The journal is empty." : "The journal has nothing on " + Printable.line(subject) + ".");
        } else {
            entries.forEach(new EntryPrinter(around)::print);
        }
        return 0;
    }

    private void follow(ReeveClient client) {
        var printer = new EntryPrinter(around);
        try (Lines lines = client.followJournal(Optional.ofNullable(subject), tail)) {
            for (Optional<String> line = lines.next(); line.isPresent() && !around.out().checkError(); line = lines.next()) {
                if (output.json()) {
                    around.out().println(line.get());
                } else {
                    printer.print(client.entry(line.get()));
                }
            }
        }
    }
}
