package reeve.front.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `reeve` without a verb: its help.
@Command(
        name = "reeve",
        synopsisSubcommandLabel = "VERB",
        description = "Runs your programs, puts them on the web, lets idle ones sleep and wakes them.",
        footer = {
            "",
            "Exit codes: 0 done; 1 something is wrong (check, metrics); 2 not allowed; 3 no answer; 4 not found;",
            "5 conflict; 6 forbidden; 7 busy; 8 timed out; 70 a fault in Reeve; 130 interrupted."
        })
final class ReeveCommand implements Callable<Integer> {
    private final Surroundings around;

    @Spec
    CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    @Option(names = {"-V", "--version"}, description = "Show the version.")
    boolean version;

    ReeveCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        if (version) {
            around.out().println("reeve " + around.version());
            return 0;
        }
        throw new CommandLine.ParameterException(spec.commandLine(), "cannot tell what to do: give a verb, such as 'up', 'ps' or 'help'");
    }
}
