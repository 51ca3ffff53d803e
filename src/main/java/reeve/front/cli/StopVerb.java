package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `stop`: it is wanted not to run from now on.
@Command(name = "stop", description = "Stop; it stays stopped until it is started again, also across restarts.")
final class StopVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to stop.")
    List<String> what = List.of();

    StopVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            client.stop(selector);
            around.out().println("Stopping " + selector);
        }
        return 0;
    }
}
