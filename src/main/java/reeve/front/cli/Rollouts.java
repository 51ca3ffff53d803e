package reeve.front.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import reeve.front.client.Lines;
import reeve.front.client.ReeveClient;
import reeve.model.wire.DeployAnswer;

/// Follows a deploy: prints what happens to the app until it is over.
final class Rollouts {
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final Surroundings around;
    private final ReeveClient client;
    private final String app;

    Rollouts(Surroundings around, ReeveClient client, String app) {
        this.around = around;
        this.client = client;
        this.app = app;
    }

    /// @param begin begins it
    /// @return whether it was deployed
    boolean follow(Supplier<DeployAnswer> begin) {
        Lines lines = client.followJournal(Optional.of(app), 0);
        var printer = new EntryPrinter(around);
        Thread follower = Thread.ofVirtual().name("journal").start(() -> {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                printer.print(client.entry(line.get()));
            }
        });
        DeployAnswer answer;
        try {
            answer = begin.get();
            int revision = answer.revision();
            while (answer.rolling() && answer.revision() == revision) {
                answer = client.rollout(app, WAIT);
            }
        } finally {
            lines.close();
        }
        join(follower);
        around.out().println(words(answer));
        return answer.deployed();
    }

    private static void join(Thread follower) {
        try {
            follower.join(WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String words(DeployAnswer answer) {
        String revision = answer.app() + ": revision " + answer.revision();
        return Printable.line(switch (answer.state()) {
            case "deployed" -> revision + " is deployed";
            case "rolled_back" -> revision + " failed, revision " + answer.previous() + " is back: " + answer.reason();
            default -> revision + " " + answer.state() + ": " + answer.reason();
        });
    }
}
