package reeve.model;

import java.util.List;

/// Which files of a folder are its manifest and its variables.
public final class ManifestFiles {
    /// Looked for in this order when a folder is given instead of a file; the first that exists is read.
    public static final List<String> NAMES = List.of("reeve.yaml", "compose.yaml", "compose.yml", "docker-compose.yml",
            "docker-compose.yaml", "manifest.yml", "manifest.yaml");
    /// Values for the manifest's variables, beside it; the caller's environment wins over it.
    public static final String VARIABLES = ".env";
    /// The variable that names the active profiles, with commas between them.
    public static final String PROFILES = "COMPOSE_PROFILES";
    /// The variable that names the app where the manifest does not, and that holds its name inside.
    public static final String PROJECT = "COMPOSE_PROJECT_NAME";
    /// A longer manifest is refused.
    public static final int MOST_BYTES = 1024 * 1024;

    private ManifestFiles() {}
}
