package reeve.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads `KEY=value` files in the grammar that Compose gives `.env` and `env_file`:
///
/// - `KEY=value` or `KEY: value`, optionally after `export`; blank lines and lines that start with `#` are skipped;
/// - unquoted values end before ` #`; single quotes keep everything as it stands; double quotes know `\n \r \t \\ \" \$`;
///   quoted values may span lines;
/// - unquoted and double-quoted values hold variables (see [VariableText]), looked up outside first, then above in the file;
/// - a `KEY` alone takes its value from outside and is left out where there is none.
///
/// Pure, any thread; the work is linear in the text.
public final class EnvText {
    /// The most errors that are reported for one file.
    public static final int MOST_PROBLEMS = 50;
    private static final String NUL = "cannot use a NUL character in a value";

    /// The outcome of reading.
    public sealed interface Result {
        /// @param values in the file's order; a later line wins over an earlier one
        record Read(Map<String, String> values) implements Result {}

        record Refused(List<Problem> problems) implements Result {}
    }

    /// @param line from 1
    public record Problem(int line, String message) {
        /// `3: cannot …`, to stand after a file's name and a colon.
        @Override
        public String toString() {
            return line + ": " + message;
        }
    }

    private final String text;
    private final Function<String, Optional<String>> outside;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private int at;
    private int line = 1;

    private EnvText(String text, Function<String, Optional<String>> outside) {
        this.text = text.replace("\r\n", "\n");
        this.outside = outside;
    }

    /// @param outside values of variables that the file may use, usually the caller's environment
    public static Result parse(String text, Function<String, Optional<String>> outside) {
        return new EnvText(text, outside).read();
    }

    private Result read() {
        if (text.startsWith("\uFEFF")) {
            at = 1;
        }
        while (at < text.length() && problems.size() < MOST_PROBLEMS) {
            int start = line;
            try {
                readLine();
            } catch (IllegalArgumentException wrong) {
                problems.add(new Problem(start, wrong.getMessage()));
                skipLine();
            }
        }
        return problems.isEmpty() ? new Result.Read(values) : new Result.Refused(List.copyOf(problems));
    }

    private void readLine() {
        skipBlanks();
        if (ends() || peek() == '#') {
            skipLine();
            return;
        }
        String key = key();
        skipBlanks();
        if (ends() || peek() == '#') {
            outside.apply(key).ifPresent(value -> values.put(key, value));
            skipLine();
            return;
        }
        at++;
        skipBlanks();
        values.put(key, value(key));
        skipLine();
    }

    private String key() {
        if (text.startsWith("export", at) && at + 6 < text.length() && isBlank(text.charAt(at + 6))) {
            at += 7;
            skipBlanks();
        }
        int start = at;
        while (!ends() && !isBlank(peek()) && peek() != '=' && peek() != ':') {
            at++;
        }
        String key = text.substring(start, at);
        if (!key.matches("[A-Za-z_][A-Za-z0-9_.-]*+")) {
            throw new IllegalArgumentException("cannot use '" + cut(key)
                    + "' as a name: expected KEY=value, with letters, digits, '_', '.' and '-'");
        }
        skipBlanks();
        if (!ends() && peek() != '=' && peek() != ':' && peek() != '#') {
            throw new IllegalArgumentException("cannot read what follows '" + cut(key) + "': expected '='");
        }
        return key;
    }

    private String value(String key) {
        if (ends()) {
            return "";
        }
        return switch (peek()) {
            case '\'' -> quoted(key, '\'');
            case '"' -> expand(quoted(key, '"'));
            default -> expand(unquoted());
        };
    }

    private String unquoted() {
        int start = at;
        while (!ends() && !(peek() == '#' && (at == start || isBlank(text.charAt(at - 1))))) {
            at++;
        }
        String value = text.substring(start, at).strip();
        if (value.indexOf(0) >= 0) {
            throw new IllegalArgumentException(NUL);
        }
        return value;
    }

    /// Between quotes; in double quotes a `\$` comes out as `$$`, for [#expand].
    private String quoted(String key, char quote) {
        var value = new StringBuilder();
        at++;
        while (at < text.length() && peek() != quote) {
            char c = next();
            if (c == '\\' && at < text.length() && escapes(quote, peek())) {
                value.append(escaped(next()));
            } else {
                value.append(c);
            }
        }
        if (at >= text.length()) {
            throw new IllegalArgumentException("cannot read the value of " + cut(key) + ": the closing " + quote + " is missing");
        }
        at++;
        skipBlanks();
        if (!ends() && peek() != '#') {
            throw new IllegalArgumentException("cannot read what follows the value of " + cut(key) + ": expected the end of the line");
        }
        return value.toString();
    }

    private static boolean escapes(char quote, char c) {
        return quote == '"' ? "nrt\\\"$".indexOf(c) >= 0 : c == '\'';
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '$' -> "$$";
            default -> String.valueOf(c);
        };
    }

    private String expand(String value) {
        var expanded = new StringBuilder();
        for (VariableText.Piece piece : VariableText.parse(value, _ -> false).expand(this::lookup, _ -> {})) {
            switch (piece) {
                case VariableText.Plain(String plain) -> expanded.append(plain);
                case VariableText.Reference _, VariableText.Variable _ -> throw new AssertionError("a variable was left");
            }
        }
        return expanded.toString();
    }

    private Optional<String> lookup(String name) {
        return outside.apply(name).or(() -> Optional.ofNullable(values.get(name)));
    }

    private char peek() {
        return text.charAt(at);
    }

    private char next() {
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
        }
        if (c == 0) {
            throw new IllegalArgumentException(NUL);
        }
        return c;
    }

    /// Whether the line ends here.
    private boolean ends() {
        return at >= text.length() || peek() == '\n';
    }

    private void skipBlanks() {
        while (!ends() && isBlank(peek())) {
            at++;
        }
    }

    private void skipLine() {
        while (!ends()) {
            at++;
        }
        if (at < text.length()) {
            next();
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String cut(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
