package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// A verb that does one thing to each app, service or instance it is given. Nothing is done where one of them cannot be read.
abstract class ActVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    ActVerb(Surroundings around) {
        this.around = around;
    }

    /// @param said before each selector, once it is done
    final int each(List<String> what, BiConsumer<ReeveClient, Selector> act, String said) {
        ReeveClient client = connection.client(around);
        List<Selector> selectors = what.stream().map(Selector::parse).toList();
        for (Selector selector : selectors) {
            act.accept(client, selector);
            around.out().println(said + selector);
        }
        return 0;
    }
}
