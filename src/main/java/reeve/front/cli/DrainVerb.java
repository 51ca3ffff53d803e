package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;

/// `drain`: it gets no new requests from now on.
@Command(
        name = "drain",
        description = "Give an instance no new requests. It runs on and finishes those it has. Lasts "
                + "until undrain, or until another manifest is applied.")
final class DrainVerb extends ActVerb {
    @Parameters(arity = "1..*", paramLabel = "APP/SERVICE/N", description = "Which instance.")
    List<String> what = List.of();

    DrainVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        return each(what, ReeveClient::drain, "Draining ");
    }
}
