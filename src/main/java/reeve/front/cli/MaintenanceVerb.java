package reeve.front.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;

/// `maintenance`: requests are answered with a message for now.
@Command(
        name = "maintenance",
        description = "Have requests for an app or a service answered 503 with a message, or end that. What runs goes on, what sleeps is "
                + "not woken. Lasts until it is ended, also across deploys.")
final class MaintenanceVerb implements Callable<Integer> {
    private final Surroundings around;

    /// As it is written on the command line.
    enum Switch { on, off }

    @Mixin
    Connection connection = new Connection();

    @Option(names = "--message", paramLabel = "TEXT", description = "What clients are told (default: ${DEFAULT-VALUE}).",
            defaultValue = "down for maintenance")
    String message = "";

    @Parameters(index = "0", paramLabel = "on|off", description = "Begin it, or end it.")
    Switch wanted = Switch.on;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "APP[/SERVICE]", description = "What of.")
    List<String> what = List.of();

    MaintenanceVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        for (Selector selector : what.stream().map(Selector::parse).toList()) {
            switch (wanted) {
                case on -> {
                    client.maintenance(selector, Optional.of(message));
                    around.out().println("Maintenance of " + selector + ": clients are told: " + message);
                }
                case off -> {
                    client.maintenance(selector, Optional.empty());
                    around.out().println("Maintenance of " + selector + " is over");
                }
            }
        }
        return 0;
    }
}
