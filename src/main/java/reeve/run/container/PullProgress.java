package reeve.run.container;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// How far the fetching of an image is, from what Podman says of each layer: `3 of 7 layers, 41 MB`. One thread.
final class PullProgress {
    private static final long MEGABYTE = 1_000_000;

    private final Map<String, Long> bytes = new LinkedHashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private String image = "";

    /// @param piece of the answer to `POST /images/create`
    /// @throws PodmanException when it says that the image cannot be fetched
    void take(Json piece) throws PodmanException {
        String error = piece.get("error").text();
        if (!error.isEmpty()) {
            throw new PodmanException(PodmanException.Kind.REFUSED, error);
        }
        String id = piece.get("id").text();
        switch (piece.get("status").text()) {
            case "Pulling fs layer" -> bytes.putIfAbsent(id, 0L);
            case "Downloading" -> {
                bytes.merge(id, piece.get("progressDetail").get("current").number(), Math::max);
                sizes.put(id, piece.get("progressDetail").get("total").number());
            }
            case "Already exists", "Download complete" -> {
                bytes.merge(id, sizes.getOrDefault(id, 0L), Math::max);
                done.add(id);
            }
            case "Pull complete" -> image = id;
            default -> { } // words that say nothing of layers
        }
    }

    /// The id of the image, once it is there.
    String image() {
        return image;
    }

    String words() {
        long total = bytes.values().stream().mapToLong(Long::longValue).sum();
        return done.size() + " of " + bytes.size() + " layers, " + total / MEGABYTE + " MB";
    }
}
