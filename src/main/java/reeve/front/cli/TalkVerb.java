package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.front.client.Talk;

/// A verb that talks to a command of the node until that ends, and ends with its exit code.
abstract class TalkVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Talking talking = new Talking();

    TalkVerb(Surroundings around) {
        this.around = around;
    }

    final int talk(BiFunction<ReeveClient, Talking.Wish, Talk> begin) {
        return talking.hold(around, wish -> begin.apply(connection.client(around), wish));
    }

    /// The command without the `--` that may stand before it.
    static List<String> command(List<String> words) {
        return !words.isEmpty() && words.getFirst().equals("--") ? words.subList(1, words.size()) : words;
    }
}
