package reeve.base.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A regular expression in RE2's syntax: no look-around, no back references. Any thread.
public final class LinearPattern {
    private static final String SPECIAL = ".*+?()[]{}|^$\\";
    private final Pattern pattern;
    private final String literal;

    private LinearPattern(Pattern pattern) {
        this.pattern = pattern;
        this.literal = literal(pattern.pattern());
    }

    /// @throws IllegalArgumentException with what is wrong
    public static LinearPattern of(String text) {
        try {
            return new LinearPattern(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("cannot read the regular expression '" + text + "': " + e.getDescription(), e);
        }
    }

    /// One that finds what any of several finds, whatever the case.
    /// @param texts each a regular expression
    /// @throws IllegalArgumentException with what is wrong
    public static LinearPattern anyOf(List<String> texts) {
        texts.forEach(LinearPattern::of); // so that one says what is wrong with it, and none reaches beyond itself
        String all = texts.stream().collect(Collectors.joining(")|(?:", "(?:", ")"));
        return new LinearPattern(Pattern.compile(all, Pattern.CASE_INSENSITIVE));
    }

    public int groups() {
        return pattern.groupCount();
    }

    /// The text that whatever it matches must begin with; found by reading the pattern, so it may be shorter than the longest.
    public String literalPrefix() {
        return literal;
    }

    /// Whether it matches the whole text.
    public boolean matches(CharSequence text) {
        return pattern.matcher(text).matches();
    }

    /// Whether it matches a part of the text.
    public boolean found(CharSequence text) {
        return pattern.matcher(text).find();
    }

    /// @param template in which `{1}` to `{9}` stand for groups; those that took no part in the match are empty
    /// @return empty where it does not match the whole text
    public Optional<String> rewrite(String text, String template) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var result = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            boolean braced = template.charAt(i) == '{' && i + 2 < template.length() && template.charAt(i + 2) == '}';
            int group = braced ? template.charAt(i + 1) - '0' : 0;
            if (group >= 1 && group <= 9) {
                String part = group <= matcher.groupCount() ? matcher.group(group) : null;
                result.append(part == null ? "" : part);
                i += 2;
            } else {
                result.append(template.charAt(i));
            }
        }
        return Optional.of(result.toString());
    }

    private static String literal(String text) {
        if (text.indexOf('|') >= 0) { // any of several beginnings, perhaps
            return "";
        }
        var literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            boolean escaped = text.charAt(at) == '\\' && at + 1 < text.length() && SPECIAL.indexOf(text.charAt(at + 1)) >= 0;
            if (!escaped && SPECIAL.indexOf(text.charAt(at)) >= 0) {
                break;
            }
            int next = at + (escaped ? 2 : 1);
            if (next < text.length() && "*?{".indexOf(text.charAt(next)) >= 0) { // what may be missing
                break;
            }
            literal.append(text.charAt(next - 1));
            at = next;
        }
        return literal.toString();
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
