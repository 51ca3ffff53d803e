package reeve.model;

/// What a service waits for in one it depends on (Compose's `depends_on` conditions).
public enum Condition {
    STARTED("service_started"),
    HEALTHY("service_healthy"),
    COMPLETED("service_completed_successfully");

    private final String word;

    Condition(String word) {
        this.word = word;
    }

    /// The word used in manifests.
    public String word() {
        return word;
    }
}
