package reeve.run.container;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.http.HttpStream;
import reeve.model.wire.WireException;

/// What Podman says happens to containers of ours, as a hint to look at them; it may end, or miss something, at any time. Heard
/// on a virtual thread of its own.
final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final Podman podman;
    private final Consumer<String> hint;
    private @Nullable HttpStream stream;
    private boolean listening;
    private boolean closed;

    /// @param hint told the id of a container; must return at once
    Events(Podman podman, Consumer<String> hint) {
        this.podman = podman;
        this.hint = hint;
    }

    /// Listens, unless it does already.
    synchronized void listen(String node) {
        if (!listening && !closed) {
            listening = true;
            Thread.ofVirtual().name("events of containers").start(() -> run(node));
        }
    }

    private void run(String node) {
        try (HttpStream open = podman.events(Labels.NODE + "=" + node)) {
            keep(open);
            for (Optional<String> line = open.line(); line.isPresent(); line = open.line()) {
                if (!line.get().isBlank()) {
                    hint.accept(Json.parse(line.get()).get("Actor").get("ID").text());
                }
            }
        } catch (PodmanException | IOException | WireException e) {
            LOG.debug("events of containers ended: reason={}", e.getMessage()); // the next list begins anew
        } finally {
            synchronized (this) {
                listening = false;
            }
        }
    }

    private synchronized void keep(HttpStream open) throws IOException {
        stream = open;
        if (closed) {
            open.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (stream != null) {
            Podman.close(stream);
        }
    }
}
