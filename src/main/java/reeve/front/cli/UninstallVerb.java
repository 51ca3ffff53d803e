package reeve.front.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `uninstall`: stops an app of a catalogue and forgets it.
@Command(name = "uninstall", description = "Stop an app that was installed, and forget it. Its data stays unless --volumes is given.")
final class UninstallVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Option(names = "--volumes", description = "Remove its volumes too, once everything of it has stopped.")
    boolean volumes;

    @Parameters(paramLabel = "APP", description = "What to uninstall.")
    String app = "";

    UninstallVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        connection.client(around).uninstall(app, volumes);
        around.out().println("Stopping " + app + (volumes ? "; its volumes go once everything of it has stopped" : ""));
        return 0;
    }
}
