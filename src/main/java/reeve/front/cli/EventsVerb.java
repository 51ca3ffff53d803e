package reeve.front.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.Lines;
import reeve.front.client.ReeveClient;
import reeve.model.wire.EventRow;
import reeve.model.wire.JournalRow;

/// `events`: changes of states, as they happen.
@Command(
        name = "events",
        description = {
            "Show changes of instances' states as they happen, for programs: with -o json a line of JSON each.",
            "What Reeve decided besides, and on which facts, is in the journal."
        })
final class EventsVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = "--since", paramLabel = "WHEN", description = "First those since then: 10m, 2h, or 2026-01-05T08:00:00Z.")
    @Nullable
    String since;

    @Option(names = "--no-follow", description = "Only those since then.")
    boolean past;

    @Parameters(arity = "0..1", paramLabel = "APP[/SERVICE[/N]]", description = "Only what concerns it.")
    @Nullable
    String subject;

    EventsVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        Optional<Instant> from = Optional.ofNullable(since).map(this::instant);
        if (past) {
            client.events(Optional.ofNullable(subject), from.orElse(Instant.EPOCH)).forEach(printer(client));
            return 0;
        }
        try (Lines lines = client.followEvents(Optional.ofNullable(subject), from)) {
            var printer = printer(client);
            for (Optional<String> line = lines.next(); line.isPresent() && !around.out().checkError(); line = lines.next()) {
                printer.accept(client.event(line.get()));
            }
        }
        return 0;
    }

    private Consumer<EventRow> printer(ReeveClient client) {
        if (output.json()) {
            return event -> around.out().println(client.json(event));
        }
        var printer = new EntryPrinter(around);
        return event -> printer.print(new JournalRow(event.number(), event.at(), event.instance(), event.state(),
                "was " + event.before() + ": " + event.reason(), Map.of()));
    }

    private Instant instant(String text) {
        try {
            if (text.matches("[0-9]{1,6}[smhd]")) {
                boolean days = text.endsWith("d");
                return around.time().wall().minus(Duration.parse((days ? "P" : "PT") + text));
            }
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("cannot read '" + text + "': expected a time such as 10m, 2h or 2026-01-05T08:00:00Z", e);
        }
    }
}
