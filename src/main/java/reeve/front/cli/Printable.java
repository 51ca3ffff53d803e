package reeve.front.cli;

/// Text of unknown origin, made safe for a terminal: no control characters that move the cursor, ring or retitle. Pure.
final class Printable {
    private Printable() {}

    /// One line: what would break it is shown as `?`.
    static String line(String text) {
        return clean(text, false);
    }

    /// As [#line], keeping line feeds.
    static String lines(String text) {
        return clean(text, true);
    }

    /// A line of a program's output: its colours (SGR, `ESC [ … m`) stay where colours are wanted.
    static String output(String text, boolean colour) {
        if (text.indexOf('\u001b') < 0) {
            return clean(text, false);
        }
        String plain = text.replaceAll("\u001b\\[[0-9;:]*m", colour ? "\ue000$0\ue000" : "");
        var printable = new StringBuilder();
        String[] parts = plain.split("\ue000", -1);
        for (int i = 0; i < parts.length; i++) {
            printable.append(i % 2 == 1 ? parts[i] : clean(parts[i], false));
        }
        return colour ? printable.append("\u001b[0m").toString() : printable.toString();
    }

    private static String clean(String text, boolean keepLines) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean kept = c == '\t' || keepLines && c == '\n';
            boolean control = Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || Character.getType(c) == Character.FORMAT;
            clean.appendCodePoint(control && !kept ? '?' : c);
        });
        return clean.toString();
    }
}
