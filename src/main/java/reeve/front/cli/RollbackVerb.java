package reeve.front.cli;

import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.wire.RollbackRequest;

/// `rollback`: deploys an earlier revision, or lists them.
@Command(
        name = "rollback",
        description = "Deploy an earlier manifest of an app: the one before, or a revision of the last ten. It waits as deploy does.")
final class RollbackVerb implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Parameters(index = "0", paramLabel = "APP", description = "Which app.")
    String app = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "REVISION", description = "Which revision. Default: the one before.")
    @Nullable
    Integer revision;

    @Option(names = {"-l", "--list"}, description = "Only list the revisions there are.")
    boolean list;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long it may take to come up. Default: 2m.")
    @Nullable
    Duration timeout;

    RollbackVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        if (list) {
            list(client);
            return 0;
        }
        boolean deployed = new Rollouts(around, client, app).follow(() -> client.rollback(app, new RollbackRequest(revision, timeout)));
        return deployed ? 0 : 1;
    }

    private void list(ReeveClient client) {
        var revisions = client.revisions(app);
        if (output.json()) {
            around.out().println(client.json(revisions));
            return;
        }
        var table = new Table("REVISION", "APPLIED", "STATE", "MANIFEST");
        revisions.forEach(row -> table.row(Table.Cell.of(String.valueOf(row.revision())),
                Table.Cell.of(TIME.format(row.appliedAt().atZone(around.zone()))),
                Table.Cell.of(row.current() ? "current" : row.failed() == null ? "-" : "failed: " + row.failed()),
                Table.Cell.of(row.file())));
        table.print(around);
    }
}
