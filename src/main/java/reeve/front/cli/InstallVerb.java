package reeve.front.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.wire.CatalogueAnswer;

/// `install`: runs an app of a catalogue, or lists what there is.
@Command(name = "install", description = "Run an app of a catalogue, and keep it up to its entry there. Without APP: list what there is.")
final class InstallVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = "--catalog", paramLabel = "DIR", description = "A folder of manifests instead of the node's own catalogue.")
    @Nullable
    Path catalog;

    @Parameters(arity = "0..1", paramLabel = "APP", description = "What to install.")
    @Nullable
    String app;

    InstallVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        Optional<String> folder = Optional.ofNullable(catalog).map(given -> around.absolute(given).toString());
        if (app != null) {
            var plan = client.install(app, folder);
            if (output.json()) {
                around.out().println(client.json(plan));
            } else {
                Plans.print(around, plan, true);
            }
            return 0;
        }
        list(client, client.catalogue(folder));
        return 0;
    }

    private void list(ReeveClient client, CatalogueAnswer catalogue) {
        if (output.json()) {
            around.out().println(client.json(catalogue));
        } else if (catalogue.apps().isEmpty()) {
            around.out().println("The catalogue is empty: there is no app in " + String.join(", ", catalogue.folders()));
        } else {
            var table = new Table("APP", "INSTALLED", "MANIFEST");
            catalogue.apps().forEach(row -> table.row(
                    Table.Cell.of(row.app()), Table.Cell.of(row.installed() ? "yes" : "-"), Table.Cell.of(row.file())));
            table.print(around);
        }
    }
}
