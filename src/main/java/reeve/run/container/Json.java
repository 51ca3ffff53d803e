package reeve.run.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A JSON value (RFC 8259), as Podman sends and takes them. Asking a value for what it is not gives what is empty: nobody but
/// Podman wrote it, and a field it leaves out is no error.
/// @param value a `Map`, `List`, `String`, `Double` or `Long`, `Boolean`, or null
record Json(@Nullable Object value) {
    static final Json NOTHING = new Json(null);

    private static final int DEEPEST = 64;

    static Json object(Map<String, ?> fields) {
        return new Json(fields);
    }

    static Json array(List<?> items) {
        return new Json(items);
    }

    /// A field of an object.
    Json get(String name) {
        return value instanceof Map<?, ?> fields ? new Json(fields.get(name)) : NOTHING;
    }

    String text() {
        return value instanceof String text ? text : "";
    }

    long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    boolean truth() {
        return Boolean.TRUE.equals(value);
    }

    List<Json> items() {
        return value instanceof List<?> items ? items.stream().map(Json::new).toList() : List.of();
    }

    List<String> texts() {
        return items().stream().map(Json::text).toList();
    }

    Map<String, Json> fields() {
        var fields = new LinkedHashMap<String, Json>();
        if (value instanceof Map<?, ?> all) {
            all.forEach((name, field) -> fields.put(String.valueOf(name), new Json(field)));
        }
        return fields;
    }

    boolean isNothing() {
        return value == null;
    }

    /// The values of several places, one after the other; those that are missing are skipped.
    Stream<Json> find(String... names) {
        return Stream.of(names).map(this::get).filter(found -> !found.isNothing());
    }

    /// @throws IllegalArgumentException when the text is not one JSON value
    static Json parse(String text) {
        var parser = new Parser(text);
        Json parsed = new Json(parser.value(0));
        parser.end();
        return parsed;
    }

    /// As JSON text.
    @Override
    public String toString() {
        var text = new StringBuilder();
        write(value, text);
        return text.toString();
    }

    private static void write(@Nullable Object value, StringBuilder text) {
        switch (value) {
            case Json json -> write(json.value, text);
            case String string -> quote(string, text);
            case Map<?, ?> fields -> {
                String separator = "{";
                for (Map.Entry<?, ?> field : fields.entrySet()) {
                    text.append(separator);
                    quote(String.valueOf(field.getKey()), text);
                    text.append(':');
                    write(field.getValue(), text);
                    separator = ",";
                }
                text.append(fields.isEmpty() ? "{}" : "}");
            }
            case Iterable<?> items -> {
                text.append('[');
                String separator = "";
                for (Object item : items) {
                    text.append(separator);
                    write(item, text);
                    separator = ",";
                }
                text.append(']');
            }
            case null, default -> text.append(value);
        }
    }

    private static void quote(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    /// Reads one value; descends at most [#DEEPEST] levels, whatever it is given.
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        @Nullable Object value(int depth) {
            if (depth > DEEPEST) {
                throw wrong("nested too deep");
            }
            return switch (peek()) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private Map<String, @Nullable Object> object(int depth) {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            at++;
            if (peek() == '}') {
                at++;
                return fields;
            }
            do {
                if (peek() != '"') {
                    throw wrong("a name was expected");
                }
                String name = string();
                take(':');
                fields.put(name, value(depth + 1));
            } while (another('}'));
            return fields;
        }

        private List<@Nullable Object> array(int depth) {
            var items = new ArrayList<@Nullable Object>();
            at++;
            if (peek() == ']') {
                at++;
                return items;
            }
            do {
                items.add(value(depth + 1));
            } while (another(']'));
            return items;
        }

        private boolean another(char end) {
            char next = peek();
            at++;
            if (next != ',' && next != end) {
                throw wrong("',' or '" + end + "' was expected");
            }
            return next == ',';
        }

        private String string() {
            var string = new StringBuilder();
            at++;
            while (true) {
                char c = next();
                if (c == '"') {
                    return string.toString();
                }
                string.append(c == '\\' ? escaped() : c);
            }
        }

        private char escaped() {
            char c = next();
            return switch (c) {
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> {
                    if (at + 4 > text.length()) {
                        throw wrong("it is cut off");
                    }
                    at += 4;
                    yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                }
                case '"', '\\', '/' -> c;
                default -> throw wrong("an unknown escape");
            };
        }

        private @Nullable Object word(String word, @Nullable Object meaning) {
            if (!text.startsWith(word, at)) {
                throw wrong("an unknown word");
            }
            at += word.length();
            return meaning;
        }

        private Number number() {
            int from = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String number = text.substring(from, at);
            try {
                if (number.matches("-?[0-9]{1,18}")) {
                    return Long.valueOf(number); // in a conditional expression it would become a double
                }
                return Double.valueOf(number);
            } catch (NumberFormatException e) {
                throw wrong("a value was expected");
            }
        }

        private void take(char expected) {
            if (peek() != expected) {
                throw wrong("'" + expected + "' was expected");
            }
            at++;
        }

        private char peek() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            if (at == text.length()) {
                throw wrong("it is cut off");
            }
            return text.charAt(at);
        }

        private char next() {
            if (at == text.length()) {
                throw wrong("it is cut off");
            }
            return text.charAt(at++);
        }

        void end() {
            while (at < text.length()) {
                if (!Character.isWhitespace(text.charAt(at++))) {
                    throw wrong("something follows");
                }
            }
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("cannot read JSON: " + what + " at character " + at);
        }
    }
}
