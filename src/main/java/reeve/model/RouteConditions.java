package reeve.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a request must have besides host and path, all of it.
/// @param methods one of which it has; empty: any. By name, each once
/// @param headers by name, each once
public record RouteConditions(List<String> methods, List<Header> headers) {
    public static final RouteConditions NONE = new RouteConditions(List.of(), List.of());
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}";

    /// @param name  in lower case
    /// @param value that one of the lines of this name has, to the letter; empty: any
    public record Header(String name, Optional<String> value) implements Comparable<Header> {
        public Header {
            if (!allowsName(name)) {
                throw new IllegalArgumentException("cannot ask for a header '" + name + "': allowed are letters, digits and '-'");
            }
            if (value.isPresent() && !allowsValue(value.get())) {
                throw new IllegalArgumentException("cannot ask for this value of the header '" + name + "': allowed is one line of text");
            }
        }

        /// Whether it can be the name of a header that proxies pass on, in lower case.
        public static boolean allowsName(String name) {
            return name.matches("[a-z0-9-]{1,64}");
        }

        public static boolean allowsValue(String value) {
            return value.matches("([!-~]([ -~]{0,1022}[!-~])?)?");
        }

        @Override
        public int compareTo(Header other) {
            return name.compareTo(other.name);
        }

        @Override
        public String toString() {
            return name + value.map(wanted -> ": " + wanted).orElse("");
        }
    }

    public RouteConditions {
        methods = methods.stream().sorted().distinct().toList();
        headers = headers.stream().sorted().toList();
        for (String method : methods) {
            if (!allowsMethod(method)) {
                throw new IllegalArgumentException("cannot ask for the method '" + method + "': allowed are names in upper case");
            }
        }
        if (headers.stream().map(Header::name).distinct().count() < headers.size()) {
            throw new IllegalArgumentException("cannot ask for a header twice");
        }
    }

    public static boolean allowsMethod(String method) {
        return method.matches(TOKEN) && method.equals(method.toUpperCase(Locale.ROOT));
    }

    /// How many there are: the methods count as one.
    public int count() {
        return (methods.isEmpty() ? 0 : 1) + headers.size();
    }

    /// For people; empty for none.
    @Override
    public String toString() {
        var parts = new ArrayList<String>();
        if (!methods.isEmpty()) {
            parts.add(String.join(",", methods));
        }
        headers.forEach(header -> parts.add(header.toString()));
        return parts.isEmpty() ? "" : "[" + String.join("; ", parts) + "]";
    }
}
