package reeve.front.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.model.Selector;
import reeve.model.wire.ExecRequest;

/// `exec`: a command where an instance runs.
@Command(
        name = "exec",
        description = {
            "Run a command beside an instance: with its environment, folder and user, within its limits; in its container.",
            "The exit code is the command's, 128 and the signal's number where a signal ended it. The command ends when this verb does."
        })
final class ExecVerb extends TalkVerb {
    @Parameters(index = "0", paramLabel = "APP/SERVICE[/N]", description = "Where; without N the first instance that runs.")
    String where = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "[--] COMMAND", description = "Program and arguments.")
    List<String> command = List.of();

    ExecVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        record Place(String service, @Nullable Integer instance) {}
        var place = switch (Selector.parse(where)) {
            case Selector.App _ -> throw new IllegalArgumentException("cannot read '" + where + "': expected APP/SERVICE or APP/SERVICE/N");
            case Selector.Service(var id) -> new Place(id.service().value(), null);
            case Selector.Instance(var id) -> new Place(id.service().service().value(), id.number());
        };
        return talk((client, wish) -> client.exec(Selector.parse(where).app().value(), new ExecRequest(
                place.service(), place.instance(), command(command), wish.environment(), wish.terminal())));
    }
}
