package reeve.base;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Text with variables as the Compose Specification writes them: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
/// `${NAME:?error}`, `${NAME?error}`, `${NAME:+instead}`, `${NAME+instead}`, and `$$` for a plain dollar sign. What follows
/// the operator may hold variables again. The value of a variable is never looked at for more of them.
///
/// Some names are not variables but the caller's own references; they survive [#expand].
public record VariableText(List<Piece> pieces) {
    private static final int DEEPEST = 20;

    /// A stretch of the text.
    public sealed interface Piece {}

    public record Plain(String text) implements Piece {}

    /// One of the caller's own names, such as `node.name` in `${node.name}`.
    public record Reference(String name) implements Piece {}

    /// @param operand what follows the operator; empty for [Operator#NONE]
    public record Variable(String name, Operator operator, VariableText operand) implements Piece {}

    /// What becomes of a variable that is unset, or that is set.
    public enum Operator {
        NONE(""), DEFAULT_IF_EMPTY(":-"), DEFAULT("-"), NEEDED_NOT_EMPTY(":?"), NEEDED("?"), INSTEAD_IF_NOT_EMPTY(":+"), INSTEAD("+");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }
    }

    public VariableText {
        pieces = List.copyOf(pieces);
    }

    /// @param own which names are references of the caller; a name with a dot is never a variable
    /// @throws IllegalArgumentException saying what cannot be read, when the text is malformed
    public static VariableText parse(String text, Predicate<String> own) {
        return new Parser(text, own).parse(0);
    }

    /// The names of all variables in it, also of those in defaults.
    public Set<String> names() {
        var names = new LinkedHashSet<String>();
        for (Piece piece : pieces) {
            if (piece instanceof Variable(String name, Operator _, VariableText operand)) {
                names.add(name);
                names.addAll(operand.names());
            }
        }
        return names;
    }

    /// Replaces every variable.
    /// @param values the value of a name, where it is set
    /// @param unset  told the name of each variable that was replaced by nothing because it is not set
    /// @return only [Plain] and [Reference] pieces
    /// @throws IllegalArgumentException when a needed variable (`:?`, `?`) is not there
    public List<Piece> expand(Function<String, Optional<String>> values, Consumer<String> unset) {
        var expanded = new ArrayList<Piece>();
        for (Piece piece : pieces) {
            switch (piece) {
                case Plain _, Reference _ -> expanded.add(piece);
                case Variable variable -> expanded.addAll(replace(variable, values, unset));
            }
        }
        return expanded;
    }

    private static List<Piece> replace(Variable variable, Function<String, Optional<String>> values, Consumer<String> unset) {
        Optional<String> set = values.apply(variable.name);
        Optional<String> filled = set.filter(value -> !value.isEmpty());
        return switch (variable.operator) {
            case NONE -> {
                if (set.isEmpty()) {
                    unset.accept(variable.name);
                }
                yield plain(set);
            }
            case DEFAULT_IF_EMPTY -> filled.isPresent() ? plain(filled) : variable.operand.expand(values, unset);
            case DEFAULT -> set.isPresent() ? plain(set) : variable.operand.expand(values, unset);
            case INSTEAD_IF_NOT_EMPTY -> filled.isPresent() ? variable.operand.expand(values, unset) : List.of();
            case INSTEAD -> set.isPresent() ? variable.operand.expand(values, unset) : List.of();
            case NEEDED_NOT_EMPTY -> plain(Optional.of(filled.orElseThrow(() -> needed(variable, values, unset))));
            case NEEDED -> plain(Optional.of(set.orElseThrow(() -> needed(variable, values, unset))));
        };
    }

    private static List<Piece> plain(Optional<String> value) {
        return value.<List<Piece>>map(text -> List.of(new Plain(text))).orElse(List.of());
    }

    private static IllegalArgumentException needed(Variable variable, Function<String, Optional<String>> values, Consumer<String> unset) {
        var reason = new StringBuilder();
        for (Piece piece : variable.operand.expand(values, unset)) {
            if (piece instanceof Plain(String text)) {
                reason.append(text);
            }
        }
        String absent = variable.operator == Operator.NEEDED ? "it is not set" : "it is not set or empty";
        String why = reason.isEmpty() ? absent : reason.toString();
        return new IllegalArgumentException("needs the variable " + variable.name + ": " + why);
    }

    /// Reads from left to right; `at` is the next character.
    private static final class Parser {
        private final String text;
        private final Predicate<String> own;
        private int at;

        Parser(String text, Predicate<String> own) {
            this.text = text;
            this.own = own;
        }

        /// Up to the end of the text, or inside braces up to the closing one.
        VariableText parse(int depth) {
            if (depth > DEEPEST) {
                throw new IllegalArgumentException("cannot nest variables deeper than " + DEEPEST);
            }
            var pieces = new ArrayList<Piece>();
            var plain = new StringBuilder();
            while (at < text.length() && !(depth > 0 && text.charAt(at) == '}')) {
                char c = text.charAt(at++);
                if (c != '$') {
                    plain.append(c);
                } else if (at < text.length() && text.charAt(at) == '$') {
                    plain.append('$');
                    at++;
                } else {
                    flush(plain, pieces);
                    pieces.add(afterDollar(depth));
                }
            }
            flush(plain, pieces);
            return new VariableText(pieces);
        }

        private static void flush(StringBuilder plain, List<Piece> pieces) {
            if (!plain.isEmpty()) {
                pieces.add(new Plain(plain.toString()));
                plain.setLength(0);
            }
        }

        private Piece afterDollar(int depth) {
            if (at < text.length() && text.charAt(at) == '{') {
                at++;
                return braced(depth);
            }
            String name = name();
            if (name.isEmpty()) {
                throw new IllegalArgumentException("cannot read '$' without a name after it: write '$$' for a plain dollar sign");
            }
            return own.test(name) ? new Reference(name) : new Variable(name, Operator.NONE, new VariableText(List.of()));
        }

        private Piece braced(int depth) {
            int start = at;
            String name = name();
            boolean dotted = !name.isEmpty() && at < text.length() && text.charAt(at) == '.';
            if (dotted || own.test(name)) {
                return reference(start);
            }
            if (name.isEmpty()) {
                throw new IllegalArgumentException("cannot read '" + shown(start)
                        + "': a variable's name is letters, digits and '_', not starting "
                        + "with a digit; write '$$' for a plain dollar sign");
            }
            Operator operator = operator(start);
            VariableText operand = operator == Operator.NONE ? new VariableText(List.of()) : parse(depth + 1);
            close(start);
            return new Variable(name, operator, operand);
        }

        private Piece reference(int start) {
            int end = text.indexOf('}', start);
            String name = end < 0 ? text.substring(start) : text.substring(start, end);
            at = start + name.length();
            close(start);
            if (!own.test(name)) {
                throw new IllegalArgumentException("cannot read '${" + name + "}': a variable's name is letters, digits and '_'");
            }
            return new Reference(name);
        }

        private Operator operator(int start) {
            for (Operator operator : Operator.values()) {
                if (operator != Operator.NONE && text.startsWith(operator.sign, at)) {
                    at += operator.sign.length();
                    return operator;
                }
            }
            if (at < text.length() && text.charAt(at) != '}') {
                throw new IllegalArgumentException("cannot read '" + shown(start) + "': after a variable's name comes '}' or one of "
                        + ":- - :? ? :+ +");
            }
            return Operator.NONE;
        }

        private void close(int start) {
            if (at >= text.length()) {
                throw new IllegalArgumentException("cannot read '" + shown(start) + "': the closing '}' is missing");
            }
            at++;
        }

        /// What stands in the text from a `${` on, short enough for a message.
        private String shown(int start) {
            int end = text.indexOf('}', start);
            String rest = text.substring(start - 2, end < 0 ? text.length() : end + 1);
            return rest.length() <= 40 ? rest : rest.substring(0, 40) + "…";
        }

        private String name() {
            int start = at;
            while (at < text.length() && (isLetter(text.charAt(at)) || at > start && isDigit(text.charAt(at)))) {
                at++;
            }
            return text.substring(start, at);
        }

        private static boolean isLetter(char c) {
            return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }
}
