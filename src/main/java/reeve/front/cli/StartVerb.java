package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `start`: it is wanted to run from now on.
@Command(name = "start", description = "Start what was stopped or has failed.")
final class StartVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to start.")
    List<String> what = List.of();

    StartVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::start, "Starting ");
    }
}
