package reeve.front.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `completion`: a script for bash and zsh.
@Command(name = "completion", description = "Print a completion script: source <(reeve completion)")
final class CompletionVerb implements Callable<Integer> {
    private final Surroundings around;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    CompletionVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        around.out().println(AutoComplete.bash("reeve", Cli.whole(around)));
        return 0;
    }
}
