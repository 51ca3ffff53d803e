package reeve.run.container;

/// Podman did not do what it was asked. Its message reads on after "cannot X: ".
final class PodmanException extends Exception {
    private static final long serialVersionUID = 1L;

    enum Kind {
        /// It did not answer, or not in time: what became of the request is unknown.
        SILENT,
        /// There is no such container, image …
        MISSING,
        /// Its name is in use, or it exists already.
        TAKEN,
        /// It said no.
        REFUSED
    }

    private final Kind kind;

    PodmanException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    boolean is(Kind other) {
        return kind == other;
    }
}
