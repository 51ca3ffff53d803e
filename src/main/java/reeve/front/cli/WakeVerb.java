package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `wake`: as a request would.
@Command(name = "wake", description = "Wake now, without a request.")
final class WakeVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE]", description = "What to wake.")
    List<String> what = List.of();

    WakeVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::wake, "Waking ");
    }
}
