package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `undrain`: it gets requests again.
@Command(
        name = "undrain",
        description = "Give an instance requests again.")
final class UndrainVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP/SERVICE/N", description = "Which instance.")
    List<String> what = List.of();

    UndrainVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::undrain, "Undraining ");
    }
}
