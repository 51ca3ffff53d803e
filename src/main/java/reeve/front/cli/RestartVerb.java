package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `restart`: stops it and starts it again.
@Command(name = "restart", description = "Stop and start again.")
final class RestartVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to restart.")
    List<String> what = List.of();

    RestartVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::restart, "Restarting ");
    }
}
