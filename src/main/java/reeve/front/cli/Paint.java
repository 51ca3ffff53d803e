package reeve.front.cli;

/// Colours, by what they mean.
enum Paint {
    NONE(""), GOOD("32"), WAIT("33"), BAD("31"), REST("36"), DIM("2"), BOLD("1");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /// @param wanted whether output goes to a terminal that wants colours
    String on(String text, boolean wanted) {
        return wanted && this != NONE && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /// @param word an instance's state, or what a journal entry says; unknown ones have no colour
    static Paint of(String word) {
        return switch (word) {
            case "running", "done" -> GOOD;
            case "starting", "waking", "replacing", "stopping", "falling_asleep", "backing_off" -> WAIT;
            case "unhealthy", "failed", "conflict", "unknown" -> BAD;
            case "asleep" -> REST;
            case "stopped", "disabled" -> DIM;
            default -> NONE;
        };
    }
}
