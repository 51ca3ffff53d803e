package reeve.testing;

import java.nio.file.Path;

/// What the services of an end-to-end test run as, so that one text of a test is run on processes and on containers. Its manifests
/// write a service as `NAME: { command: … }`; programs run in the folder of the manifest, and see what lies there.
public sealed interface RunsAs extends AutoCloseable {

    /// A manifest whose services are of this kind.
    /// @param manifest with services of processes
    String services(String manifest);

    /// Lines of the node's configuration.
    String settings();

    /// Where a program sees a file that lies in its manifest's folder.
    String path(Path file);

    /// Where a program finds its secrets, for a shell.
    String secrets();

    @Override
    void close();

    /// As they are written.
    record Processes() implements RunsAs {
        @Override
        public String services(String manifest) {
            return manifest;
        }

        @Override
        public String settings() {
            return "";
        }

        @Override
        public String path(Path file) {
            return file.toString();
        }

        @Override
        public String secrets() {
            return "$$REEVE_SECRETS_DIR";
        }

        @Override
        public void close() {}
    }

    /// Containers of [Podman#BOX] at a Podman of their own. Each has an init, so that `sleep` ends at a TERM, but where the program
    /// may not be there: an init would hide that.
    /// @param settings how the node reaches it
    record Containers(Podman podman, String settings) implements RunsAs {
        private static final String FOLDER = "/shared";
        private static final String CONTAINER = """
                { image: %1$s, working_dir: %2$s, volumes: ["./:%2$s"], \
                """.formatted(Podman.BOX, FOLDER);

        public Containers() {
            this(new Podman());
        }

        private Containers(Podman podman) {
            this(podman, "podman: { program: " + podman.program() + " }\n");
        }

        @Override
        public String services(String manifest) {
            return manifest.replaceAll("\\{ (?=command: \\[\"?[/$])", CONTAINER).replace("{ command:", CONTAINER + "init: true, command:");
        }

        @Override
        public String path(Path file) {
            return FOLDER + "/" + file.getFileName();
        }

        @Override
        public String secrets() {
            return "/run/secrets";
        }

        @Override
        public void close() {
            podman.close();
        }
    }
}
