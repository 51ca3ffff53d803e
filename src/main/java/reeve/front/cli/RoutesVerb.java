package reeve.front.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.wire.RouteRow;

/// `routes`: what the proxy serves.
@Command(name = "routes", description = "Show routes and where they lead.")
final class RoutesVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "APP", description = "Only those that lead to this app.")
    @Nullable
    String app;

    RoutesVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<RouteRow> routes = client.routes(Optional.ofNullable(app));
        if (output.json()) {
            around.out().println(client.json(routes));
        } else if (routes.isEmpty()) {
            around.out().println("No routes. Add one to a service: route: { host: hello.localhost }");
        } else {
            var table = new Table("HOST", "PATH", "TO", "SOURCE", "TARGETS");
            routes.forEach(route -> table.row(
                    Table.Cell.of(route.host()),
                    Table.Cell.of(route.path()),
                    Table.Cell.of(destination(route)),
                    Table.Cell.of(route.source()),
                    Table.Cell.of(targets(route))));
            table.print(around);
        }
        return 0;
    }

    static String destination(RouteRow route) {
        return route.to() == null ? route.app() + "/" + route.service() : route.to();
    }

    private static String targets(RouteRow route) {
        if (route.to() != null) {
            return "-";
        }
        return route.targets().isEmpty() ? "none" : route.targets().stream()
                .map(target -> target.address() + " " + target.state() + (target.inFlight() > 0 ? " (" + target.inFlight() + " open)" : "")
                        + (target.ejected().isZero() ? "" : " ejected for " + target.ejected().toSeconds() + "s"))
                .collect(Collectors.joining(", "));
    }
}
