package reeve.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a line of the access log looks like.
public sealed interface AccessFormat {
    AccessFormat STANDARD = new Json(List.of());
    /// The Common Log Format of NCSA and Apache.
    Text COMMON = new Text("$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent");
    /// The same with who sent the client here, and what the client is.
    Text COMBINED = new Text(COMMON.text() + " \"$http_referer\" \"$http_user_agent\"");
    int MOST_HEADERS = 32;

    /// One object of JSON.
    /// @param headers of the request, in lower case, that are members of `headers`
    record Json(List<String> headers) implements AccessFormat {
        public Json {
            headers = headers.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().toList();
            if (headers.size() > MOST_HEADERS || !headers.stream().allMatch(HeaderChanges::isName)) {
                throw new IllegalArgumentException("cannot log these headers: allowed are " + MOST_HEADERS + " names of headers");
            }
        }
    }

    /// A line of text, in which nginx's variables stand for what is known of the request.
    record Text(String text) implements AccessFormat {
        private static final int LONGEST = 4096;
        private static final Pattern VARIABLE = Pattern.compile("\\$(?:([a-z0-9_]+)|\\{([a-z0-9_]+)})");

        public Text {
            if (text.isBlank() || text.length() > LONGEST || !text.matches("[\\t -~]*")) {
                throw new IllegalArgumentException("cannot use this format: allowed is one line of ASCII text");
            }
            if (parts(text).stream().filter(part -> part instanceof Part.Header).count() > MOST_HEADERS) {
                throw new IllegalArgumentException("cannot log more than " + MOST_HEADERS + " headers");
            }
        }

        public List<Part> parts() {
            return parts(text);
        }

        private static List<Part> parts(String text) {
            var parts = new ArrayList<Part>();
            Matcher variable = VARIABLE.matcher(text);
            int from = 0;
            while (variable.find()) {
                plain(parts, text.substring(from, variable.start()));
                parts.add(part(variable.group(1) == null ? variable.group(2) : variable.group(1)));
                from = variable.end();
            }
            plain(parts, text.substring(from));
            return parts;
        }

        private static void plain(List<Part> parts, String text) {
            if (text.indexOf('$') >= 0) {
                throw new IllegalArgumentException("cannot read '$' in the format: it begins the name of a variable, such as $status");
            }
            if (!text.isEmpty()) {
                parts.add(new Part.Plain(text));
            }
        }

        private static Part part(String name) {
            Optional<Variable> known = Stream.of(Variable.values()).filter(variable -> variable.word().equals(name)).findFirst();
            if (known.isPresent()) {
                return new Part.Known(known.get());
            }
            if (name.startsWith("http_") && name.length() > 5) {
                return new Part.Header(name.substring(5).replace('_', '-'));
            }
            throw new IllegalArgumentException("cannot fill in '$" + name + "': allowed are $http_NAME and "
                    + Stream.of(Variable.values()).map(variable -> "$" + variable.word()).collect(Collectors.joining(", ")));
        }
    }

    /// A piece of a text.
    sealed interface Part {
        record Plain(String text) implements Part {}

        record Known(Variable variable) implements Part {}

        /// Of the request.
        /// @param name in lower case
        record Header(String name) implements Part {}
    }

    /// What nginx calls it, and a few of our own.
    enum Variable {
        REMOTE_ADDR, REMOTE_USER, TIME_LOCAL, TIME_ISO8601, MSEC, REQUEST, REQUEST_METHOD, REQUEST_URI, SERVER_PROTOCOL, SCHEME, HOST,
        SERVER_PORT, STATUS, BODY_BYTES_SENT, REQUEST_TIME, UPSTREAM_ADDR, REQUEST_ID, TRACE_ID, SERVICE, INSTANCE, HELD_TIME;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
