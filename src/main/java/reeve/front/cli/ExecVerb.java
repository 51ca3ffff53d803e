package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
final class ExecVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Talking talking = new Talking();

    @Parameters(index = "0", paramLabel = "APP/SERVICE[/N]", description = "Where; without N the first instance that runs.")
    String where = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "[--] COMMAND", description = "Program and arguments.")
    List<String> command = List.of();

    ExecVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        record Place(String service, @Nullable Integer instance) {}
        var place = switch (Selector.parse(where)) {
            case Selector.App _ -> throw new IllegalArgumentException("cannot read '" + where + "': expected APP/SERVICE or APP/SERVICE/N");
            case Selector.Service(var id) -> new Place(id.service().value(), null);
            case Selector.Instance(var id) -> new Place(id.service().service().value(), id.number());
        };
        return talking.hold(around, wish -> connection.client(around).exec(Selector.parse(where).app().value(), new ExecRequest(
                place.service(), place.instance(), Talking.command(command), wish.environment(), wish.terminal())));
    }
}
