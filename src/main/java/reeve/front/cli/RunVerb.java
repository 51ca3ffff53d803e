package reeve.front.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.model.ServiceId;
import reeve.model.wire.RunRequest;

/// `run`: a copy of a service, for once.
@Command(
        name = "run",
        description = {
            "Run a copy of a service with another command: with its environment, folder, user and limits, but a port of its own.",
            "Nobody supervises or routes to it. The exit code is the command's, and it ends when this verb does."
        })
final class RunVerb extends TalkVerb {
    @Option(names = "--rm", description = "As always: nothing is left of it.")
    boolean remove;

    @Parameters(index = "0", paramLabel = "APP/SERVICE", description = "Of which service.")
    String service = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "[--] COMMAND", description = "Program and arguments. Default: its own.")
    List<String> command = List.of();

    RunVerb(Surroundings around) {
        super(around);
    }

    @Override
    public Integer call() {
        ServiceId id = ServiceId.parse(service);
        return talk((client, wish) -> client.run(id.app().value(),
                new RunRequest(id.service().value(), command(command), wish.environment(), wish.terminal())));
    }
}
