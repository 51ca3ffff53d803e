package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.PrivateFiles;
import reeve.base.Time;
import reeve.base.Waiting;
import reeve.base.command.Detached;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpTarget;
import reeve.base.os.Machine;

/// The unix socket on which Podman answers. Any thread.
///
/// One that the configuration names is the only one tried. Otherwise it is the usual one of root or of the user; and where
/// nobody answers there, Reeve has Podman's program serve one of its own in the state folder, which ends when nobody has used
/// it for a minute. Containers do not depend on any of these services.
final class PodmanSocket {
    private static final Logger LOG = LoggerFactory.getLogger(PodmanSocket.class);
    private static final HttpCall PING = HttpCall.get("/_ping");
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration SERVICE_STARTS = Duration.ofSeconds(3);

    /// After a search in vain everybody is told so for that long, instead of searching again.
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ContainerSettings settings;
    private final List<Path> usual;
    private final Path own;
    private final HttpClient http;
    private final Time time;
    private volatile @Nullable Path found;
    private @Nullable Elapsed vainUntil;
    private String vainReason = "";

    /// @param folder    of this room in the state folder, there or not
    /// @param variables Reeve's environment
    PodmanSocket(ContainerSettings settings, Path folder, Map<String, String> variables, HttpClient http, Time time) {
        this.settings = settings;
        this.usual = settings.socket().map(List::of).orElseGet(() -> usual(variables));
        this.own = folder.resolve("podman.sock");
        this.http = http;
        this.time = time;
    }

    private static List<Path> usual(Map<String, String> variables) {
        if (Machine.user() == 0) {
            return List.of(Path.of("/run/podman/podman.sock"));
        }
        return Optional.ofNullable(variables.get("XDG_RUNTIME_DIR"))
                .map(folder -> Path.of(folder, "podman", "podman.sock"))
                .stream().toList();
    }

    /// The one that answered last, or the first that does.
    /// @throws PodmanException `SILENT` where none does; after at most some seconds
    HttpTarget target() throws PodmanException {
        Path known = found;
        return new HttpTarget.Unix(known != null ? known : search());
    }

    /// Nobody listens there any more.
    void lost(HttpTarget target) {
        if (target instanceof HttpTarget.Unix(Path socket) && socket.equals(found)) {
            found = null;
        }
    }

    private synchronized Path search() throws PodmanException {
        Path known = found;
        if (known != null) {
            return known; // another thread was faster
        }
        if (vainUntil != null && !time.elapsed().reached(vainUntil)) {
            throw new PodmanException(PodmanException.Kind.SILENT, vainReason);
        }
        var candidates = new ArrayList<>(usual);
        if (settings.socket().isEmpty()) {
            candidates.add(own);
        }
        Optional<Path> answering = candidates.stream().filter(this::answers).findFirst();
        if (answering.isEmpty() && settings.socket().isEmpty()) {
            answering = serve();
        }
        if (answering.isEmpty()) {
            vainUntil = time.elapsed().plus(PAUSE);
            if (settings.socket().isPresent()) {
                vainReason = "Podman does not answer on " + settings.socket().get();
            }
            throw new PodmanException(PodmanException.Kind.SILENT, vainReason);
        }
        found = answering.get();
        LOG.info("podman: socket={}", found);
        return answering.get();
    }

    private boolean answers(Path socket) {
        try {
            return Files.exists(socket) && http.call(new HttpTarget.Unix(socket), PING, ANSWER, 1024).status() == 200;
        } catch (IOException e) {
            return false; // nobody there, or nobody who answers
        }
    }

    private Optional<Path> serve() {
        String command = settings.program() + " system service";
        try {
            PrivateFiles.folder(own.getParent());
            Files.deleteIfExists(own);
            Path log = own.resolveSibling("podman.log");
            Files.deleteIfExists(log); // of the last one
            var words = List.of(settings.program(), "system", "service", "--time=60", "unix://" + own);
            Detached service = Detached.start(words, own.getParent(), log); // where monitors leave an empty file named oom
            boolean answered = Waiting.until(time, Duration.ofMillis(20), SERVICE_STARTS, () -> answers(own) || !service.alive());
            if (answered && service.alive()) {
                return Optional.of(own);
            }
            vainReason = "no Podman answers on " + usual + ", and '" + command + "' "
                    + (service.alive() ? "does not get ready" : "ended: " + lastLine(log));
        } catch (IOException e) {
            vainReason = "no Podman answers on " + usual + ", and '" + command + "' cannot be run: " + e.getMessage();
        }
        return Optional.empty();
    }

    private static String lastLine(Path log) throws IOException {
        return Files.readString(log).lines().filter(line -> !line.isBlank()).reduce((_, last) -> last).orElse("it said nothing");
    }
}
