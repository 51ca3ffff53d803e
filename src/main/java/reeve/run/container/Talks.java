package reeve.run.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.Session;
import reeve.base.command.Conversation;
import reeve.base.command.PassedThrough;
import reeve.base.http.HttpTarget;
import reeve.base.os.PseudoTerminal;
import reeve.model.Interaction;

/// Programs in containers that somebody talks to: by Podman's program, which speaks to the same Podman as all else. It has a
/// terminal of ours, and gives the one inside the same size.
/// @param program   Podman's, a name or a path
/// @param variables Reeve's own environment
record Talks(String program, PodmanSocket socket, Map<String, String> variables) {

    /// A command beside what a container runs.
    Session open(String container, Interaction what) throws PodmanException, IOException {
        var options = new ArrayList<>(List.of("exec", "--interactive"));
        if (what.terminal().isPresent()) {
            options.add("--tty");
        }
        var environment = new HashMap<>(PassedThrough.from(variables));
        what.environment().forEach((name, value) -> {
            options.addAll(List.of("--env", name)); // its value comes from the environment of Podman's program: not for all to see
            environment.put(name, value);
        });
        options.add(container);
        options.addAll(what.command());
        return begin(options, environment, what.terminal());
    }

    /// Starts a container that was made for that, and talks to its program.
    Session start(String container, Optional<Interaction.Terminal> terminal) throws PodmanException, IOException {
        return begin(List.of("start", "--attach", "--interactive", container), PassedThrough.from(variables), terminal);
    }

    private Session begin(List<String> subcommand, Map<String, String> environment, Optional<Interaction.Terminal> size)
            throws PodmanException, IOException {
        if (!(socket.target() instanceof HttpTarget.Unix(Path path))) {
            throw new IOException("Podman is not reached by a socket");
        }
        var words = new ArrayList<>(List.of(program, "--remote", "--url", "unix://" + path));
        words.addAll(subcommand);
        Optional<PseudoTerminal> terminal = size.map(one -> PseudoTerminal.open(one.rows(), one.columns()));
        return Conversation.begin(words, environment, Path.of("/"), terminal, () -> {});
    }
}
