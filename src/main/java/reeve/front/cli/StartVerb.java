package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `start`: it is wanted to run from now on.
@Command(name = "start", description = "Start what was stopped or has failed.")
final class StartVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE[/N]]", description = "What to start.")
    List<String> what = List.of();

    StartVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            client.start(selector);
            around.out().println("Starting " + selector);
        }
        return 0;
    }
}
