package reeve.front.cli;

/// Words for a POSIX shell, so that a printed command can be copied as it is. Pure.
final class Shell {
    private Shell() {}

    /// In quotes only where it needs them.
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
