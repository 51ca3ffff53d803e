package reeve.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The value of a header as a manifest gives it: one line of visible ASCII, in which `{client}` and other names of [Fact]s stand for what
/// is known of a request. Braces around anything else are just braces.
public record HeaderText(String text) {
    public static final int LONGEST = 4096;
    private static final Pattern NAMED = Pattern.compile("\\{([a-z_]{1,30})}");
    private static final Pattern LINE = Pattern.compile("([!-~]([\\t -~]*[!-~])?)?");

    /// What is known of a request.
    public enum Fact {
        /// The address of who makes the request.
        CLIENT,
        /// As the client named it, without the port.
        HOST,
        METHOD,
        /// `http` or `https`.
        SCHEME,
        /// That the client connected to.
        PORT,
        /// Path and query, as they were sent.
        TARGET,
        /// As it was sent.
        PATH,
        /// With its `?`; nothing where there is none.
        QUERY,
        REQUEST_ID,
        /// As W3C Trace Context writes it; nothing where requests are not traced.
        TRACEPARENT,
        /// How long the request was held, its connection took, and its backend, as `Server-Timing` writes it.
        SERVER_TIMING,
        /// `app/service`; nothing for an external backend.
        SERVICE,
        /// `HOST:PORT` of where it is sent; nothing where it is sent nowhere.
        BACKEND;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Fact> of(String word) {
            return Stream.of(values()).filter(fact -> fact.word().equals(word)).findFirst();
        }
    }

    /// Plain text, or one fact.
    public sealed interface Part {
        record Plain(String text) implements Part {}

        record Known(Fact fact) implements Part {}
    }

    public HeaderText {
        if (text.length() > LONGEST || !LINE.matcher(text).matches()) {
            throw new IllegalArgumentException("cannot use this value: allowed is one line of ASCII text, without spaces around it");
        }
        Matcher named = NAMED.matcher(text);
        while (named.find()) {
            if (Fact.of(named.group(1)).isEmpty()) {
                throw new IllegalArgumentException("cannot fill in '" + named.group() + "': allowed are "
                        + Stream.of(Fact.values()).map(fact -> "{" + fact.word() + "}").collect(Collectors.joining(", ")));
            }
        }
    }

    public List<Part> parts() {
        var parts = new ArrayList<Part>();
        Matcher named = NAMED.matcher(text);
        int from = 0;
        while (named.find()) {
            if (named.start() > from) {
                parts.add(new Part.Plain(text.substring(from, named.start())));
            }
            Fact.of(named.group(1)).ifPresent(fact -> parts.add(new Part.Known(fact)));
            from = named.end();
        }
        if (from < text.length()) {
            parts.add(new Part.Plain(text.substring(from)));
        }
        return parts;
    }

    /// Whether, filled in, it names a host.
    boolean allowsHost() {
        String filled = text.replace("{host}", "a").replace("{backend}", "a");
        return filled.matches("([A-Za-z0-9_]([A-Za-z0-9._-]{0,250}[A-Za-z0-9_])?|\\[[0-9A-Fa-f:.]+])(:([0-9]{1,5}|\\{port}))?")
                && !filled.contains("..") && (!text.contains("{backend}") || text.equals("{backend}"));
    }

    @Override
    public String toString() {
        return text;
    }
}
