package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `sleep`: as if its idle time were over.
@Command(name = "sleep", description = "Put to sleep now, where no request is open; the next request wakes it.")
final class SleepVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "APP[/SERVICE]", description = "What to put to sleep.")
    List<String> what = List.of();

    SleepVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            client.sleep(selector);
            around.out().println("Falling asleep: " + selector);
        }
        return 0;
    }
}
