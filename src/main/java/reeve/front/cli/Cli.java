package reeve.front.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import reeve.model.Failure;

/// From arguments to an exit code.
public final class Cli {
    /// All verbs, in the order of the help.
    private static final List<Verb> VERBS = List.of(
            new Verb("up", UpVerb::new),
            new Verb("apply", ApplyVerb::new),
            new Verb("plan", PlanVerb::new),
            new Verb("ps", PsVerb::new),
            new Verb("logs", LogsVerb::new),
            new Verb("start", StartVerb::new),
            new Verb("stop", StopVerb::new),
            new Verb("restart", RestartVerb::new),
            new Verb("sleep", SleepVerb::new),
            new Verb("wake", WakeVerb::new),
            new Verb("routes", RoutesVerb::new),
            new Verb("journal", JournalVerb::new),
            new Verb("explain", ExplainVerb::new),
            new Verb("down", DownVerb::new),
            new Verb("check", CheckVerb::new),
            new Verb("version", VersionVerb::new),
            new Verb("completion", CompletionVerb::new));

    private record Verb(String name, Function<Surroundings, Callable<Integer>> create) {}

    private Cli() {}

    /// @return the exit code
    public static int run(Surroundings around, String... arguments) {
        return commandLine(around, named(arguments)).execute(arguments);
    }

    /// With every verb, for help, completion and docs.
    static CommandLine whole(Surroundings around) {
        return commandLine(around, VERBS);
    }

    /// The verbs that may be meant: building all of them would cost more than most of them take.
    private static List<Verb> named(String... arguments) {
        List<String> words = Arrays.asList(arguments);
        List<Verb> named = VERBS.stream().filter(verb -> words.contains(verb.name())).toList();
        return named.isEmpty() || words.contains("help") || words.contains("completion") ? VERBS : named;
    }

    private static CommandLine commandLine(Surroundings around, List<Verb> verbs) {
        var commandLine = new CommandLine(new ReeveCommand(around));
        verbs.forEach(verb -> commandLine.addSubcommand(verb.name(), verb.create().apply(around)));
        if (verbs.size() == VERBS.size()) {
            commandLine.addSubcommand("help", new CommandLine.HelpCommand());
        }
        for (CommandLine each : all(commandLine)) {
            each.setOut(new PrintWriter(around.out(), true));
            each.setErr(new PrintWriter(around.err(), true));
            each.setColorScheme(CommandLine.Help.defaultColorScheme(around.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
            each.setUsageHelpLongOptionsMaxWidth(30);
            each.setUsageHelpWidth(100);
            each.setParameterExceptionHandler(Cli::misused);
            each.setExecutionExceptionHandler((e, _, _) -> failed(around, e));
        }
        return commandLine;
    }

    private static List<CommandLine> all(CommandLine commandLine) {
        var all = new ArrayList<CommandLine>(List.of(commandLine));
        all.addAll(commandLine.getSubcommands().values());
        return all;
    }

    private static int misused(CommandLine.ParameterException e, String[] arguments) {
        var printer = e.getCommandLine().getErr();
        printer.println("reeve: " + Printable.lines(String.valueOf(e.getMessage())));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, printer)) {
            printer.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        }
        return Failure.Kind.INVALID.exitCode();
    }

    private static int failed(Surroundings around, Exception e) {
        Failure failure = switch (e) {
            case Failure known -> known;
            case IllegalArgumentException wrong -> new Failure(Failure.Kind.INVALID, String.valueOf(wrong.getMessage()), wrong);
            default -> new Failure(Failure.Kind.INTERNAL, "cannot go on: a fault in Reeve (" + e + ")", e);
        };
        around.err().println("reeve: " + Printable.lines(String.valueOf(failure.getMessage())));
        if (failure.kind() == Failure.Kind.INTERNAL && around.environment().containsKey("REEVE_DEBUG")) {
            failure.printStackTrace(around.err());
        }
        return failure.kind().exitCode();
    }
}
