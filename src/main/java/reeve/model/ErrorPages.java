package reeve.model;

import java.nio.file.Path;
import java.util.List;

/// Pages that clients get in the place of errors.
/// @param folder   absolute; holds `404.html`, `5xx.json`, `error.txt` and the like
/// @param backends statuses (`404`) and classes (`5xx`) of backends' answers that are replaced, too
public record ErrorPages(Path folder, List<String> backends) {

    public ErrorPages {
        backends = List.copyOf(backends);
        backends.stream().filter(status -> !allowsStatus(status)).findFirst().ifPresent(status -> {
            throw new IllegalArgumentException("cannot replace answers with '" + status + "': allowed are 400 to 599, 4xx and 5xx");
        });
    }

    /// Whether it is a status of errors, or a class of them.
    public static boolean allowsStatus(String text) {
        return text.matches("[45]([0-9]{2}|xx)");
    }

    /// Whether a backend's answer is replaced.
    public boolean replaces(int status) {
        return backends.contains(String.valueOf(status)) || backends.contains(status / 100 + "xx");
    }
}
