package reeve.run.companion;

import java.util.List;
import java.util.stream.Collectors;
import reeve.model.Failure;

/// Words as unit files spell them, so that systemd reads them back as they were: systemd.syntax(7), systemd.service(5) on command
/// lines. Quadlet splits its values by the same rules.
final class Quoting {
    private Quoting() {}

    /// @throws Failure `INVALID` for what a unit file cannot hold: line breaks and other control characters
    static String words(List<String> words) {
        return words.stream().map(Quoting::word).collect(Collectors.joining(" "));
    }

    static String word(String word) {
        String escaped = plain(word).replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "$$");
        return escaped.matches("[A-Za-z0-9_./:=@,+%-]+") ? escaped : '"' + escaped + '"';
    }

    /// A value that is taken as it stands, but for specifiers.
    static String plain(String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new Failure(Failure.Kind.INVALID, "cannot write a unit: systemd's files hold no line breaks and control characters, and '"
                    + value.replaceAll("\\p{Cntrl}", "?") + "' has one");
        }
        return value.replace("%", "%%");
    }
}
