package reeve.run.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.base.http.Head;
import reeve.model.ServiceId;
import reeve.model.Workload;
import reeve.run.container.PodmanException.Kind;

/// Makes sure that an image is there, by the service's policy, and removes those that were fetched for a service and are used
/// no more. Any thread; the caller waits, for as long as something is heard of its image.
final class Images {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);

    /// So many of the images that were fetched for a service stay: the one in use, and the one to roll back to.
    private static final int KEPT = 2;

    /// A download that stands still is over after that; one that moves may take as long as it likes.
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /// A step of a build may be quiet for longer.
    private static final Duration BUILD_SILENCE = Duration.ofMinutes(10);

    private static final List<Head.Header> TAR = List.of(new Head.Header("Content-Type", "application/x-tar"));
    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(1);

    private final Podman podman;
    private final Records records;
    private final Logins logins;
    private final Time time;
    private final Duration silence;

    /// @param user that its program runs as; empty for root
    record Ready(String id, String user) {
        static Ready of(Json inspection) {
            return new Ready(inspection.get("Id").text(), inspection.get("User").text());
        }
    }

    Images(Podman podman, Records records, Logins logins, Time time) {
        this(podman, records, logins, time, SILENCE);
    }

    /// @param silence after which a download that stands still is over
    Images(Podman podman, Records records, Logins logins, Time time, Duration silence) {
        this.podman = podman;
        this.records = records;
        this.logins = logins;
        this.time = time;
        this.silence = silence;
    }

    Ready ensure(ServiceId service, Workload.Image image, Consumer<String> progress) throws PodmanException, IOException {
        Optional<Ready> there = podman.image(image.name()).map(Ready::of);
        boolean mayStay = switch (image.pull()) {
            case NEVER -> true;
            case MISSING -> image.archive().isEmpty();
            case ALWAYS, BUILD -> false;
        };
        if (mayStay && there.isPresent()) {
            return there.get();
        }
        if (image.pull() == Workload.PullPolicy.NEVER) {
            throw new PodmanException(Kind.MISSING, "image " + image.name() + " is not there, and its pull_policy is never");
        }
        Ready fetched = fetch(image, progress);
        if (there.filter(fetched::equals).isEmpty()) {
            keep(service, fetched.id);
        }
        return fetched;
    }

    private Ready fetch(Workload.Image image, Consumer<String> progress) throws PodmanException, IOException {
        if (image.archive().isPresent()) {
            return load(image.archive().get(), progress);
        }
        if (image.build().isPresent()) {
            return build(image.name(), image.build().get(), progress);
        }
        if (image.pull() == Workload.PullPolicy.BUILD) {
            throw new PodmanException(Kind.MISSING, "image " + image.name() + " is to be built, and nothing says how");
        }
        return pull(image.name(), progress);
    }

    private Ready pull(String name, Consumer<String> progress) throws PodmanException {
        progress.accept("pulling " + name);
        var pulled = new PullProgress();
        var words = new Object() {
            String last = "";
            Elapsed next = time.elapsed();
        };
        try {
            podman.stream(Podman.COMPATIBLE + "create?fromImage=" + Podman.encoded(name), logins.header(name), null, silence, piece -> {
                pulled.take(piece);
                String now = pulled.words();
                if (!now.equals(words.last) && time.elapsed().reached(words.next)) {
                    words.last = now;
                    words.next = time.elapsed().plus(BETWEEN_WORDS);
                    progress.accept("pulling " + name + ": " + now);
                }
            });
        } catch (PodmanException e) {
            throw new PodmanException(e.kind(), "image " + name + " cannot be pulled: " + e.getMessage());
        }
        progress.accept("pulled " + name + ": " + pulled.words());
        return there(pulled.image().isEmpty() ? name : pulled.image());
    }

    private Ready load(Path archive, Consumer<String> progress) throws PodmanException, IOException {
        Optional<String> id = ArchivedImage.id(archive);
        Optional<Json> known = id.isEmpty() ? Optional.empty() : podman.image(id.get());
        if (known.isPresent()) {
            return Ready.of(known.get());
        }
        progress.accept("loading " + archive);
        var names = new ArrayList<String>();
        podman.stream("/images/load", TAR, out -> Files.copy(archive, out), silence, piece -> names.addAll(piece.get("Names").texts()));
        if (names.isEmpty()) {
            throw new PodmanException(Kind.REFUSED, "archive " + archive + " holds no image");
        }
        return there(id.orElse(names.getFirst()));
    }

    private Ready build(String name, Workload.Build build, Consumer<String> progress) throws PodmanException, IOException {
        progress.accept("building " + name);
        var context = BuildContext.of(build.context(), build.dockerfile());
        var query = new HashMap<>(Map.of("t", name, "dockerfile", context.dockerfile(), "layers", "true", "forcerm", "true",
                "buildargs", Json.object(build.arguments()).toString(), "ulimits", Json.array(Limits.words()).toString()));
        build.target().ifPresent(target -> query.put("target", target));
        String path = "/build?" + String.join("&", query.entrySet().stream()
                .map(field -> field.getKey() + "=" + Podman.encoded(field.getValue())).toList());
        podman.stream(path, TAR, context::writeTo, BUILD_SILENCE, piece -> {
            String error = piece.find("error").map(Json::text).findFirst().orElse("");
            if (!error.isEmpty()) {
                throw new PodmanException(Kind.REFUSED, "image " + name + " cannot be built: " + error.strip());
            }
            String line = piece.get("stream").text().strip();
            if (line.startsWith("STEP")) {
                progress.accept("building " + name + ": " + line);
            }
        });
        return there(name);
    }

    private Ready there(String nameOrId) throws PodmanException {
        return Ready.of(podman.image(nameOrId)
                .orElseThrow(() -> new PodmanException(Kind.MISSING, "image " + nameOrId + " is gone again")));
    }

    /// An image that was not there before is now the service's newest; the oldest ones go.
    private void keep(ServiceId service, String id) throws IOException, PodmanException {
        var ids = new ArrayList<>(records.images(service));
        ids.remove(id);
        ids.addFirst(id);
        records.images(service, ids);
        drop(service, KEPT);
    }

    /// Removes what was fetched for services that are declared no more, and all but the newest of others. What any container
    /// uses stays, and so does what Reeve did not fetch.
    /// @return how many
    int prune(Set<ServiceId> declared) throws IOException, PodmanException {
        int removed = 0;
        for (ServiceId service : records.services()) {
            removed += drop(service, declared.contains(service) ? KEPT : 0);
        }
        return removed;
    }

    private int drop(ServiceId service, int keep) throws IOException, PodmanException {
        List<String> ids = records.images(service);
        var left = new ArrayList<String>();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            boolean shared = records.allImages().stream().filter(id::equals).count() > 1;
            if (i < keep || !shared && !podman.removeImage(id)) {
                left.add(id);
            } else {
                LOG.info("image removed: service={} image={}", service, id);
            }
        }
        if (left.size() < ids.size()) {
            records.images(service, left);
        }
        return ids.size() - left.size();
    }
}
