package reeve.model;

import java.util.List;
import java.util.Locale;

/// How answers are compressed for clients that can undo it.
/// @param codings those that are offered, the preferred first
/// @param minSize answers known to be shorter, in bytes, are sent as they are
/// @param types   of content, `text/html` or `text/*`, that are compressed
public record Compression(List<Coding> codings, long minSize, List<String> types) {
    public static final long LEAST_SIZE = 1024;
    /// What is text in one way or another, and not compressed already.
    public static final List<String> TYPES = List.of("text/*", "application/json", "application/javascript", "application/xml",
            "application/manifest+json", "application/ld+json", "application/problem+json", "application/rss+xml", "application/atom+xml",
            "application/xhtml+xml", "application/wasm", "application/graphql", "image/svg+xml", "image/x-icon", "font/ttf", "font/otf");
    public static final Compression STANDARD = new Compression(List.of(Coding.values()), LEAST_SIZE, TYPES);

    /// As `Content-Encoding` says it. In the order in which they are preferred where the client likes them alike: what costs less first.
    public enum Coding {
        ZSTD, BR, GZIP;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Compression {
        codings = codings.stream().distinct().toList();
        types = types.stream().map(type -> type.toLowerCase(Locale.ROOT)).distinct().toList();
        if (codings.isEmpty() || minSize < 0 || types.size() > 100) {
            throw new IllegalArgumentException("cannot compress with " + codings + " from " + minSize + " bytes on");
        }
        types.stream().filter(type -> !allowsType(type)).findFirst().ifPresent(type -> {
            throw new IllegalArgumentException("cannot compress '" + type + "': allowed are types such as text/html and text/*");
        });
    }

    public static boolean allowsType(String type) {
        return type.matches("[A-Za-z0-9.+-]{1,60}/([A-Za-z0-9.+-]{1,100}|\\*)");
    }
}
