package reeve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reeve.base.command.Command;
import reeve.model.Failure;
import reeve.run.install.Volumes;

/// Removes volumes through Podman's command, which works with and without its socket.
/// @param program     Podman itself, as configured
/// @param environment of the command
record PodmanVolumes(String program, Map<String, String> environment) implements Volumes {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int MOST_BYTES = 4096;
    private static final int NO_SUCH_VOLUME = 1;

    @Override
    public void remove(String name) {
        switch (podman("volume", "exists", name)) {
            case Command.Outcome.Ended(int exitCode, _) when exitCode == NO_SUCH_VOLUME -> { }
            case Command.Outcome.Ended _, Command.Outcome.TimedOut _, Command.Outcome.Failed _ -> {
                switch (podman("volume", "rm", name)) {
                    case Command.Outcome.Ended(int exitCode, String output) -> {
                        if (exitCode != 0) {
                            throw cannot(name, output.strip());
                        }
                    }
                    case Command.Outcome.TimedOut() -> throw cannot(name, "podman did not end within " + PATIENCE.toSeconds() + " s");
                    case Command.Outcome.Failed(String reason) -> throw cannot(name, reason);
                }
            }
        }
    }

    private Command.Outcome podman(String... words) {
        var arguments = new ArrayList<>(List.of(program));
        arguments.addAll(List.of(words));
        return new Command(arguments, environment, Path.of("/"), PATIENCE, MOST_BYTES).run();
    }

    private static Failure cannot(String name, String reason) {
        return new Failure(Failure.Kind.UNAVAILABLE, "cannot remove volume " + name + ": " + reason);
    }
}
