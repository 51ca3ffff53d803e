package reeve.model;

/// When an instance that ended by itself is started again.
public sealed interface RestartPolicy {
    /// Started again whatever its exit code (`always`, `unless-stopped`; a user's stop lasts in both).
    record Always() implements RestartPolicy {}

    /// Started again after an exit code other than 0 or a signal.
    /// @param limit consecutive attempts before the instance is `failed`; `Integer.MAX_VALUE` where the manifest gives none
    record OnFailure(int limit) implements RestartPolicy {
        public OnFailure {
            if (limit < 1) {
                throw new IllegalArgumentException("cannot restart at most " + limit + " times: allowed is 1 or more");
            }
        }
    }

    /// Never started again: a one-shot, `done` after exit code 0, `failed` otherwise.
    record Never() implements RestartPolicy {}
}
