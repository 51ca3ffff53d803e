package reeve.run.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.http.Head;
import reeve.model.wire.WireException;

/// Logins at registries, from a file that `podman login --authfile` writes (containers-auth.json(5)). Read for each use, so that
/// a new login counts at once. Nothing of it is logged. Any thread.
record Logins(Optional<Path> file) {
    private static final String HUB = "docker.io";

    /// What a pull of an image carries to Podman; nothing where there is no file, or no login for the image: Podman then looks
    /// for one itself.
    List<Head.Header> header(String image) throws PodmanException {
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            return header(image, Json.parse(Files.readString(file.get())).get("auths").fields());
        } catch (IOException | WireException | IllegalArgumentException e) {
            throw new PodmanException(PodmanException.Kind.REFUSED,
                    "the logins in " + file.get() + " cannot be read: " + e.getClass().getSimpleName()); // never what they say
        }
    }

    private static List<Head.Header> header(String image, Map<String, Json> logins) {
        String name = registry(image).equals(HUB) && !image.startsWith(HUB + "/") ? HUB + "/" + image : image;
        return logins.entrySet().stream()
                .filter(login -> covers(login.getKey(), name))
                .max(Comparator.comparing(login -> login.getKey().length()))
                .flatMap(login -> header(login.getValue()))
                .stream().toList();
    }

    private static boolean covers(String place, String image) {
        return image.startsWith(place + "/") || image.startsWith(place + ":") || image.equals(place);
    }

    private static Optional<Head.Header> header(Json login) {
        String pair = new String(Base64.getDecoder().decode(login.get("auth").text()), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String json = Json.object(Map.of("username", pair.substring(0, colon), "password", pair.substring(colon + 1))).toString();
        return Optional.of(new Head.Header(
                "X-Registry-Auth", Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8))));
    }

    /// The host of an image's name: what stands before the first slash, if it looks like one.
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host ? first : HUB;
    }
}
