package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `stop`: it is wanted not to run from now on.
@Command(name = "stop", description = "Stop; it stays stopped until it is started again, also across restarts.")
final class StopVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to stop.")
    List<String> what = List.of();

    StopVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::stop, "Stopping ");
    }
}
