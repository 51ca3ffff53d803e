package reeve.model;

/// How a sleeping instance rests.
public enum SleepKind {
    /// Its processes stay in memory and get no CPU; it wakes in milliseconds.
    FREEZE("freeze"),
    /// Its process ends and is started again.
    STOP("stop");

    private final String word;

    SleepKind(String word) {
        this.word = word;
    }

    /// The word used in manifests and answers.
    public String word() {
        return word;
    }
}
