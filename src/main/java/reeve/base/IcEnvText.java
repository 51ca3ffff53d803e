package reeve.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads `KEY=value` files in the grammar that the IC's orchestrator gives its env files:
///
/// - `KEY=value`, optionally after `export`; blanks around `=` do not count; a key may be of any letters;
/// - `#` starts a comment that goes to the end of the line, also after a value; blank lines are skipped;
/// - an unquoted value holds no blanks, `=`, `#` or quotes, and may be empty;
/// - a value in `"…"`, `'…'` or backticks holds anything, may span lines, and knows `\n` for a line feed; `\"` is a quote inside
///   double quotes only; every other backslash stands for itself;
/// - a later assignment wins. There are no variables.
///
/// Pure, any thread; the work is linear in the text.
public final class IcEnvText {
    private static final String QUOTES = "\"'`";

    private final String text;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<EnvText.Problem> problems = new ArrayList<>();
    private int at;
    private int line = 1;

    private IcEnvText(String text) {
        this.text = text.replace("\r\n", "\n");
    }

    /// @return problems with the line on which the assignment starts
    public static EnvText.Result parse(String text) {
        return new IcEnvText(text).read();
    }

    private EnvText.Result read() {
        if (text.startsWith("\uFEFF")) {
            at = 1;
        }
        while (at < text.length() && problems.size() < EnvText.MOST_PROBLEMS) {
            int start = line;
            try {
                readLine();
            } catch (IllegalArgumentException wrong) {
                problems.add(new EnvText.Problem(start, wrong.getMessage()));
                skipLine();
            }
        }
        return problems.isEmpty() ? new EnvText.Result.Read(values) : new EnvText.Result.Refused(List.copyOf(problems));
    }

    private void readLine() {
        skipBlanks();
        if (!endsOrComment()) {
            String key = key();
            at++;
            skipBlanks();
            String value = value(key);
            skipBlanks();
            if (!endsOrComment()) {
                throw new IllegalArgumentException("cannot read what follows the value of " + cut(key)
                        + ": quote a value that holds blanks, '=' or quotes");
            }
            values.put(key, value);
        }
        skipLine();
    }

    /// Up to its `=`.
    private String key() {
        String key = word();
        skipBlanks();
        if (key.equals("export") && !ends() && text.charAt(at) != '=') {
            key = word();
            skipBlanks();
        }
        if (!ends() && text.charAt(at) == '=') {
            if (key.isEmpty()) {
                throw new IllegalArgumentException("cannot read a value without a name before '='");
            }
            return key;
        }
        throw new IllegalArgumentException("cannot read '" + cut(key) + "': expected KEY=value");
    }

    private String value(String key) {
        return !ends() && QUOTES.indexOf(text.charAt(at)) >= 0 ? quoted(key) : word();
    }

    /// What holds no blanks, `=`, `#` or quotes.
    private String word() {
        int start = at;
        while (!endsOrComment() && !isBlank(text.charAt(at)) && text.charAt(at) != '=' && QUOTES.indexOf(text.charAt(at)) < 0) {
            refuseNul(text.charAt(at));
            at++;
        }
        return text.substring(start, at);
    }

    private String quoted(String key) {
        char quote = text.charAt(at++);
        int opened = at;
        var value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            refuseNul(c);
            if (c == '\\' && at < text.length() && (text.charAt(at) == 'n' || quote == '"' && text.charAt(at) == '"')) {
                value.append(text.charAt(at++) == 'n' ? '\n' : '"');
            } else {
                value.append(c);
            }
        }
        if (at >= text.length()) {
            at = opened;
            throw new IllegalArgumentException("cannot read the value of " + cut(key) + ": the closing " + quote + " is missing");
        }
        line += (int) text.substring(opened, at).chars().filter(c -> c == '\n').count();
        at++;
        return value.toString();
    }

    private static void refuseNul(char c) {
        if (c == 0) {
            throw new IllegalArgumentException("cannot use a NUL character");
        }
    }

    /// Whether the line ends here.
    private boolean ends() {
        return at >= text.length() || text.charAt(at) == '\n';
    }

    private boolean endsOrComment() {
        return ends() || text.charAt(at) == '#';
    }

    private void skipBlanks() {
        while (!ends() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private void skipLine() {
        while (!ends()) {
            at++;
        }
        at++;
        line++;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String cut(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
