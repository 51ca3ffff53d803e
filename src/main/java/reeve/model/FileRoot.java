package reeve.model;

import java.nio.file.Path;
import java.util.Optional;

/// A folder whose files answer requests.
/// @param folder   absolute
/// @param index    name of the file that stands for its folder
/// @param fallback path below the folder of the file for pages that do not exist, which the application in the browser makes; empty: 404
public record FileRoot(Path folder, String index, Optional<String> fallback) {
    public static final String INDEX = "index.html";

    public FileRoot {
        if (!allowsName(index)) {
            throw new IllegalArgumentException("cannot use '" + index + "' as an index: allowed is the name of a file");
        }
        if (fallback.isPresent() && !allowsPath(fallback.get())) {
            throw new IllegalArgumentException("cannot use '" + fallback.get() + "' as a fallback: allowed is a path below the folder");
        }
    }

    public static boolean allowsName(String name) {
        return name.matches("[A-Za-z0-9_-][A-Za-z0-9._ -]{0,100}");
    }

    /// Whether it is a relative path without hidden parts.
    public static boolean allowsPath(String path) {
        for (String part : path.split("/", -1)) {
            if (!allowsName(part)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
