package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `restart`: stops it and starts it again.
@Command(name = "restart", description = "Stop and start again.")
final class RestartVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to restart.")
    List<String> what = List.of();

    RestartVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            client.restart(selector);
            around.out().println("Restarting " + selector);
        }
        return 0;
    }
}
