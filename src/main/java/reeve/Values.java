package reeve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reeve.base.command.Command;
import reeve.declare.settings.ValueLookup;
import reeve.declare.settings.ValueSource;
import reeve.model.NodeFacts;

/// Looks up the values of the node's configuration: from the text itself, a file, or a program.
final class Values implements ValueLookup {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /// What shells and setsid end with when there is no such program, or it cannot be executed. That says nothing of the value.
    private static final Set<Integer> CANNOT_RUN = Set.of(126, 127);
    private static final int MOST_BYTES = 64 * 1024;

    @Override
    public NodeFacts.Fact look(ValueSource source) {
        return switch (source) {
            case ValueSource.Text(String text) -> new NodeFacts.Known(text);
            case ValueSource.FromFile(Path path) -> file(path);
            case ValueSource.FromCommand(List<String> command) -> command(command);
        };
    }

    @Override
    public Map<String, NodeFacts.Fact> ofHost(Path state) {
        return HostFacts.of(state);
    }

    private static NodeFacts.Fact file(Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return new NodeFacts.Missing(path + " is not a plain file"); // a FIFO would be waited for, a device has no end
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES ? new NodeFacts.Missing(path + " is larger than 64 KiB")
                    : known(new String(bytes, StandardCharsets.UTF_8), path.toString());
        } catch (NoSuchFileException e) {
            return new NodeFacts.Missing("there is no file " + path);
        } catch (IOException e) {
            return new NodeFacts.Unknown("cannot read " + path + ": " + e.getMessage());
        }
    }

    private static NodeFacts.Fact command(List<String> words) {
        var command = new Command(words, System.getenv(), Path.of("/"), PATIENCE, MOST_BYTES);
        return switch (command.run()) {
            case Command.Outcome.Ended(int exitCode, String output) -> exitCode == 0 ? known(output, words.getFirst())
                    : CANNOT_RUN.contains(exitCode) ? new NodeFacts.Unknown("cannot run " + words.getFirst())
                    : new NodeFacts.Missing(words.getFirst() + " ended with " + exitCode);
            case Command.Outcome.TimedOut() ->
                    new NodeFacts.Unknown(words.getFirst() + " did not end within " + PATIENCE.toSeconds() + " s");
            case Command.Outcome.Failed(String reason) -> new NodeFacts.Unknown("cannot run " + words.getFirst() + ": " + reason);
        };
    }

    private static NodeFacts.Fact known(String text, String from) {
        String value = text.stripTrailing();
        return value.isEmpty() ? new NodeFacts.Missing(from + " gives nothing") : new NodeFacts.Known(value);
    }
}
