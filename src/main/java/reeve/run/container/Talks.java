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

/// Commands inside containers that somebody talks to: by Podman's program, which speaks to the same Podman as all else. It has a
/// terminal of ours, and gives the command one of the same size.
/// @param program   Podman's, a name or a path
/// @param variables Reeve's own environment
record Talks(String program, PodmanSocket socket, Map<String, String> variables) {

    Session open(String container, Interaction what) throws PodmanException, IOException {
        if (!(socket.target() instanceof HttpTarget.Unix(Path path))) {
            throw new IOException("Podman is not reached by a socket");
        }
        var words = new ArrayList<>(List.of(program, "--remote", "--url", "unix://" + path, "exec", "--interactive"));
        if (what.terminal().isPresent()) {
            words.add("--tty");
        }
        var environment = new HashMap<>(PassedThrough.from(variables));
        what.environment().forEach((name, value) -> {
            words.addAll(List.of("--env", name)); // its value comes from the environment of Podman's program: not for all to see
            environment.put(name, value);
        });
        words.add(container);
        words.addAll(what.command());
        Optional<PseudoTerminal> terminal = what.terminal().map(size -> PseudoTerminal.open(size.rows(), size.columns()));
        return Conversation.begin(words, environment, Path.of("/"), terminal, () -> {});
    }
}
