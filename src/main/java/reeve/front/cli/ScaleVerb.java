package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.ServiceId;

/// `scale`: how many instances there shall be.
@Command(
        name = "scale",
        description = "Run so many instances from now on. It lasts until the manifest is applied with another number than it has now.")
final class ScaleVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP/SERVICE=N", description = "Which service, and how many.")
    List<String> what = List.of();

    /// One of the arguments.
    private record Wanted(ServiceId service, int replicas) {
        static Wanted parse(String text) {
            int equals = text.indexOf('=');
            if (equals < 0 || !text.substring(equals + 1).matches("[0-9]{1,6}")) {
                throw new IllegalArgumentException("cannot read '" + text + "': expected APP/SERVICE=N");
            }
            return new Wanted(ServiceId.parse(text.substring(0, equals)), Integer.parseInt(text.substring(equals + 1)));
        }
    }

    ScaleVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        for (Wanted wanted : what.stream().map(Wanted::parse).toList()) {
            client.scale(wanted.service(), wanted.replicas());
            around.out().println("Scaling " + wanted.service() + " to " + wanted.replicas());
        }
        return 0;
    }
}
