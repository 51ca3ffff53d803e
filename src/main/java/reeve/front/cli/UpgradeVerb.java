package reeve.front.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reeve.base.Waiting;
import reeve.front.client.ReeveClient;
import reeve.model.Failure;
import reeve.model.wire.JournalRow;
import reeve.model.wire.NodeAnswer;

/// `upgrade`: a new process takes the node over, with this version of the program.
@Command(
        name = "upgrade",
        description = "Have a new Reeve, of the version that is installed now, take over from the one that runs. No request fails; where "
                + "the new one does not come up, the old one goes on.")
final class UpgradeVerb implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final int LATEST = 50;

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    UpgradeVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        NodeAnswer before = client.node();
        long newest = client.journal(Optional.empty(), 1).stream().mapToLong(JournalRow::number).max().orElse(-1);
        client.upgrade();
        if (!Waiting.until(around.time(), LOOK, WITHIN, () -> isOver(client, before, newest))) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot see the end of it: no new Reeve answers after " + WITHIN.toMinutes()
                    + " minutes; see: reeve journal");
        }
        NodeAnswer now = client.node();
        if (now.pid() == before.pid()) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot upgrade: " + failures(client, newest).getFirst().why()
                    + "; process " + now.pid() + " goes on");
        }
        around.out().println("Reeve " + now.version() + " took over: process " + now.pid() + " after process " + before.pid()
                + ", which ends when its last connections have.");
        return 0;
    }

    private static boolean isOver(ReeveClient client, NodeAnswer before, long newest) {
        try {
            NodeAnswer now = client.node();
            return now.ready() && now.pid() != before.pid() || !failures(client, newest).isEmpty();
        } catch (Failure e) {
            return false; // in between nobody answers in time
        }
    }

    private static List<JournalRow> failures(ReeveClient client, long newest) {
        return client.journal(Optional.empty(), LATEST).stream()
                .filter(entry -> entry.number() > newest && entry.what().equals("upgrade_failed")).toList();
    }
}
