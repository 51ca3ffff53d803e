package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `wake`: as a request would.
@Command(name = "wake", description = "Wake now, without a request.")
final class WakeVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE]", description = "What to wake.")
    List<String> what = List.of();

    WakeVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            client.wake(selector);
            around.out().println("Waking " + selector);
        }
        return 0;
    }
}
