package reeve.declare.manifest;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import reeve.declare.yaml.Value;

/// What the readers of one manifest share.
/// @param folder of the manifest, absolute
/// @param app    its name; where it could not be read, something in its place
record Scope(Path folder, String app, Templates templates, Declared declared) {

    /// A path of this machine; relative ones start at the manifest's folder, `~` is the caller's home.
    Optional<Path> path(Value value) {
        return value.text(this::path);
    }

    /// @throws IllegalArgumentException when it is none
    Path path(String text) {
        try {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("needs a path");
            }
            return text.equals("~") || text.startsWith("~/")
                    ? Path.of(home()).resolve(text.substring(Math.min(2, text.length()))).normalize()
                    : folder.resolve(text).normalize();
        } catch (InvalidPathException wrong) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a path: " + wrong.getReason(), wrong);
        }
    }

    private String home() {
        return templates.variable("HOME").filter(home -> home.startsWith("/"))
                .orElseThrow(() -> new IllegalArgumentException("cannot use '~': the caller has no HOME; write the path out"));
    }

    /// An absolute path inside a container.
    static String inside(String text) {
        if (!text.startsWith("/") || text.indexOf(':') >= 0) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "': allowed is an absolute path inside the container");
        }
        return text.length() > 1 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
