package reeve.serve.edge;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a request for a file asks for, besides which one. Header values are empty where there is none.
/// @param path       below the folder, as it was sent
/// @param bodiless   whether it is a HEAD
public record FileRequest(String path, boolean bodiless, String accepts, String ifNoneMatch, String ifModifiedSince, String range,
        String ifRange) {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})", Pattern.CASE_INSENSITIVE);
    private static final DateTimeFormatter DATE = DateTimeFormatter.RFC_1123_DATE_TIME;

    /// What is sent of a file.
    public sealed interface Part {
        record Whole() implements Part {}

        /// The client has it already: 304.
        record Nothing() implements Part {}

        /// 206.
        /// @param to the last byte
        record Range(long from, long to) implements Part {}

        /// 416.
        record Beyond() implements Part {}
    }

    /// Conditions come first, then the range (RFC 9110 §13.2.2).
    public Part part(String etag, long modified, long size) {
        if (!ifNoneMatch.isEmpty() ? matches(ifNoneMatch, etag) : isUnchanged(modified)) {
            return new Part.Nothing();
        }
        if (range.isEmpty() || bodiless || !ifRange.isEmpty() && !ifRange.equals(etag) && !ifRange.equals(date(modified))) {
            return new Part.Whole();
        }
        return range(size);
    }

    /// One range; several are as good as none (§14.2).
    private Part range(long size) {
        Matcher one = RANGE.matcher(range.replace(" ", ""));
        if (!one.matches() || one.group(1).isEmpty() && one.group(2).isEmpty()) {
            return new Part.Whole();
        }
        if (one.group(1).isEmpty()) {
            long last = Long.parseLong(one.group(2));
            return last == 0 || size == 0 ? new Part.Beyond() : new Part.Range(Math.max(0, size - last), size - 1);
        }
        long from = Long.parseLong(one.group(1));
        long to = one.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(one.group(2));
        if (to < from) {
            return new Part.Whole();
        }
        return from >= size ? new Part.Beyond() : new Part.Range(from, Math.min(to, size - 1));
    }

    /// Weakly compared (§13.1.2).
    private static boolean matches(String list, String etag) {
        return list.strip().equals("*") || Arrays.stream(list.split(",")).map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag).anyMatch(etag::equals);
    }

    private boolean isUnchanged(long modified) {
        return parsed(ifModifiedSince).filter(since -> modified / 1000 <= since.getEpochSecond()).isPresent();
    }

    private static Optional<Instant> parsed(String date) {
        try {
            return date.isEmpty() ? Optional.empty() : Optional.of(Instant.from(DATE.parse(date)));
        } catch (DateTimeException e) {
            return Optional.empty(); // a condition that cannot be read is none
        }
    }

    /// As `Last-Modified` says it.
    /// @param modified milliseconds since 1970
    public static String date(long modified) {
        ZonedDateTime at = Instant.ofEpochMilli(modified).atZone(ZoneOffset.UTC);
        String text = DATE.format(at);
        return text.indexOf(',') == 3 && text.charAt(6) == ' ' ? text.substring(0, 5) + "0" + text.substring(5) : text;
    }
}
