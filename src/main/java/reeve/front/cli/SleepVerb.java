package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `sleep`: as if its idle time were over.
@Command(name = "sleep", description = "Put to sleep now, where no request is open; the next request wakes it.")
final class SleepVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE]", description = "What to put to sleep.")
    List<String> what = List.of();

    SleepVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::sleep, "Falling asleep: ");
    }
}
