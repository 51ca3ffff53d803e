package reeve.model;

/// How a program ended. A signal is told from an exit code of 128 or more.
public sealed interface Exit {
    record Code(int code) implements Exit {}

    record Signalled(int signal) implements Exit {}

    /// The kernel killed it, or a process of it, because it used more memory than it may.
    record OutOfMemory() implements Exit {}

    /// It is gone and nothing recorded how.
    record Unknown() implements Exit {}

    default boolean success() {
        return this instanceof Code(int code) && code == 0;
    }

    /// `exit code 3`, `signal 9 (SIGKILL)`, `out of memory`, `unknown exit`.
    default String words() {
        return switch (this) {
            case Code(int code) -> "exit code " + code;
            case Signalled(int signal) -> "signal " + signal + signalName(signal);
            case OutOfMemory() -> "out of memory";
            case Unknown() -> "unknown exit";
        };
    }

    /// `ended with exit code 3`, `ran out of memory`.
    default String sentence() {
        return switch (this) {
            case Code _, Signalled _ -> "ended with " + words();
            case OutOfMemory() -> "ran out of memory";
            case Unknown() -> "ended, nobody knows how,";
        };
    }

    private static String signalName(int signal) {
        return switch (signal) {
            case 1 -> " (SIGHUP)";
            case 2 -> " (SIGINT)";
            case 3 -> " (SIGQUIT)";
            case 4 -> " (SIGILL)";
            case 6 -> " (SIGABRT)";
            case 7 -> " (SIGBUS)";
            case 8 -> " (SIGFPE)";
            case 9 -> " (SIGKILL)";
            case 11 -> " (SIGSEGV)";
            case 13 -> " (SIGPIPE)";
            case 15 -> " (SIGTERM)";
            default -> "";
        };
    }
}
