package reeve.front.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import reeve.base.DurationText;
import reeve.base.Nearest;
import reeve.model.Failure;

/// From arguments to an exit code.
public final class Cli {
    /// All verbs, in the order of the help.
    private static final List<String> VERBS = List.of(
            "up", "proxy", "apply", "deploy", "rollback", "plan", "ps", "logs", "start", "stop", "restart", "scale", "drain",
            "undrain", "maintenance", "sleep", "wake", "routes", "certificates",
            "journal", "events", "stats", "explain", "exec", "run", "down", "upgrade", "install", "uninstall", "check", "metrics",
            "version", "completion");

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
    private static List<String> named(String... arguments) {
        List<String> words = Arrays.asList(arguments);
        List<String> named = VERBS.stream().filter(words::contains).toList();
        return named.isEmpty() || words.contains("help") || words.contains("completion") ? VERBS : named;
    }

    /// A switch, not a table of constructors: a table would load the class of every verb.
    private static Callable<Integer> verb(String name, Surroundings around) {
        return switch (name) {
            case "up" -> new UpVerb(around);
            case "proxy" -> new ProxyVerb(around);
            case "apply" -> new ApplyVerb(around);
            case "plan" -> new PlanVerb(around);
            case "ps" -> new PsVerb(around);
            case "logs" -> new LogsVerb(around);
            case "start" -> new StartVerb(around);
            case "stop" -> new StopVerb(around);
            case "restart" -> new RestartVerb(around);
            case "scale" -> new ScaleVerb(around);
            case "drain" -> new DrainVerb(around);
            case "undrain" -> new UndrainVerb(around);
            case "maintenance" -> new MaintenanceVerb(around);
            case "deploy" -> new DeployVerb(around);
            case "rollback" -> new RollbackVerb(around);
            case "sleep" -> new SleepVerb(around);
            case "wake" -> new WakeVerb(around);
            case "routes" -> new RoutesVerb(around);
            case "certificates" -> new CertificatesVerb(around);
            case "journal" -> new JournalVerb(around);
            case "events" -> new EventsVerb(around);
            case "stats" -> new StatsVerb(around);
            case "explain" -> new ExplainVerb(around);
            case "exec" -> new ExecVerb(around);
            case "run" -> new RunVerb(around);
            case "down" -> new DownVerb(around);
            case "upgrade" -> new UpgradeVerb(around);
            case "install" -> new InstallVerb(around);
            case "uninstall" -> new UninstallVerb(around);
            case "check" -> new CheckVerb(around);
            case "metrics" -> new MetricsVerb(around);
            case "version" -> new VersionVerb(around);
            case "completion" -> new CompletionVerb(around);
            default -> throw new IllegalStateException("cannot build verb " + name + ": it has no class");
        };
    }

    private static CommandLine commandLine(Surroundings around, List<String> verbs) {
        var commandLine = new CommandLine(new ReeveCommand(around));
        verbs.forEach(verb -> commandLine.addSubcommand(verb, verb(verb, around)));
        if (verbs.size() == VERBS.size()) {
            commandLine.addSubcommand("help", new CommandLine.HelpCommand());
        }
        for (CommandLine each : all(commandLine)) {
            each.registerConverter(Duration.class, text -> DurationText.parse(text).orElseThrow(() ->
                    new CommandLine.TypeConversionException("cannot read '" + text + "': expected " + DurationText.ALLOWED)));
            each.setOut(new PrintWriter(around.out(), true));
            each.setErr(new PrintWriter(around.err(), true));
            each.setColorScheme(CommandLine.Help.defaultColorScheme(around.colour() ? CommandLine.Help.Ansi.ON
                    : CommandLine.Help.Ansi.OFF));
            each.setUsageHelpLongOptionsMaxWidth(30);
            each.setUsageHelpWidth(100);
            each.setStopAtPositional(talks(each.getCommandSpec().userObject())); // its command has options of its own
            each.setParameterExceptionHandler(Cli::misused);
            each.setExecutionExceptionHandler((e, _, _) -> failed(around, e));
        }
        return commandLine;
    }

    private static boolean talks(Object verb) {
        return verb instanceof TalkVerb;
    }

    private static List<CommandLine> all(CommandLine commandLine) {
        var all = new ArrayList<CommandLine>(List.of(commandLine));
        all.addAll(commandLine.getSubcommands().values());
        return all;
    }

    private static int misused(CommandLine.ParameterException e, String[] arguments) {
        var printer = e.getCommandLine().getErr();
        printer.println("reeve: " + Printable.lines(what(e)));
        printer.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return Failure.Kind.INVALID.exitCode();
    }

    private static String what(CommandLine.ParameterException e) {
        CommandLine.Model.CommandSpec spec = e.getCommandLine().getCommandSpec();
        if (e instanceof CommandLine.MissingParameterException lacking && !lacking.getMissing().isEmpty()) {
            return "cannot run '" + spec.name() + "' without "
                    + lacking.getMissing().stream().map(Cli::name).collect(Collectors.joining(" and "));
        }
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return String.valueOf(e.getMessage());
        }
        String word = unmatched.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            return "there is no option '" + word + "'" + Nearest.hint(word, spec.optionsMap().keySet());
        }
        List<String> verbs = Stream.concat(VERBS.stream(), Stream.of("help")).toList();
        return spec.parent() == null ? "there is no verb '" + word + "'" + Nearest.hint(word, verbs)
                : "cannot use '" + word + "' here: " + (spec.positionalParameters().isEmpty() ? "the verb takes no such argument"
                : "that is one argument too many");
    }

    private static String name(CommandLine.Model.ArgSpec argument) {
        return argument instanceof CommandLine.Model.OptionSpec option ? option.longestName() + "'s " + option.paramLabel()
                : argument.paramLabel();
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
