package reeve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import reeve.base.command.Command;
import reeve.declare.settings.ValueSource;
import reeve.store.Store;
import reeve.store.StoreException;

/// Whether this machine has recovered from its crash or boot, so that Reeve may start services: the store answers, and what the
/// node's configuration waits for (`boot.wait_for`) is there.
final class Recovery implements Supplier<Optional<String>> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 1024;

    private final Store store;
    private final Optional<ValueSource> waitedFor;
    private final Map<String, String> environment;

    /// @param environment of the program that is asked
    Recovery(Store store, Optional<ValueSource> waitedFor, Map<String, String> environment) {
        this.store = store;
        this.waitedFor = waitedFor;
        this.environment = Map.copyOf(environment);
    }

    /// What is still waited for. Blocks while it asks, a minute at most.
    @Override
    public Optional<String> get() {
        try {
            store.get("/reeve/v1/node");
        } catch (StoreException e) {
            return Optional.of("the store does not answer: " + e.getMessage());
        }
        return waitedFor.flatMap(this::pending);
    }

    private Optional<String> pending(ValueSource source) {
        return switch (source) {
            case ValueSource.FromFile(Path file) -> Files.exists(file) ? Optional.empty()
                    : Optional.of("there is no file " + file + " (boot.wait_for)");
            case ValueSource.FromCommand(List<String> words) -> pending(words);
            case ValueSource.Text _ -> Optional.empty(); // no text is a condition; the reader lets none through
        };
    }

    private Optional<String> pending(List<String> words) {
        String name = words.getFirst();
        return switch (new Command(words, environment, Path.of("/"), PATIENCE, MOST_BYTES).run()) {
            case Command.Outcome.Ended(int exitCode, _) -> exitCode == 0 ? Optional.empty()
                    : Optional.of(name + " ended with " + exitCode + " (boot.wait_for)");
            case Command.Outcome.TimedOut() -> Optional.of(name + " did not end within " + PATIENCE.toSeconds() + " s (boot.wait_for)");
            case Command.Outcome.Failed(String reason) -> Optional.of("cannot run " + name + ": " + reason + " (boot.wait_for)");
        };
    }
}
