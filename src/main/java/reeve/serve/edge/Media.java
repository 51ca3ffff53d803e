package reeve.serve.edge;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// In which form the proxy answers.
public enum Media {
    HTML("html", "text/html"), JSON("json", "application/json"), TEXT("txt", "text/plain");

    private static final int CERTAIN = 1000;

    private final String extension;
    private final byte[] type;

    Media(String extension, String type) {
        this.extension = extension;
        this.type = type.getBytes(StandardCharsets.US_ASCII);
    }

    /// Of the files that hold pages in this form.
    public String extension() {
        return extension;
    }

    public String type() {
        return new String(type, StandardCharsets.US_ASCII);
    }

    /// What a client prefers, by the value of its `Accept` (RFC 9110 §12.5.1). HTML and JSON only where it names them; of several that it
    /// likes alike the one it names first; without any, text.
    public static Media preferred(byte[] bytes, int from, int to) {
        Media best = TEXT;
        int bestQuality = 0;
        int at = from;
        while (at < to) {
            int end = next(bytes, at, to, ',');
            int typeEnd = next(bytes, at, end, ';');
            Media named = named(bytes, at, typeEnd);
            if (named != null) {
                int quality = Quality.of(bytes, typeEnd, end);
                if (quality > bestQuality) {
                    best = named;
                    bestQuality = quality;
                }
                if (bestQuality == CERTAIN) {
                    return best;
                }
            }
            at = end + 1;
        }
        return best;
    }

    private static @Nullable Media named(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && bytes[start] <= ' ') {
            start++;
        }
        while (end > start && bytes[end - 1] <= ' ') {
            end--;
        }
        if (is(bytes, start, end, HTML.type)) {
            return HTML;
        }
        return is(bytes, start, end, JSON.type) ? JSON : is(bytes, start, end, TEXT.type) ? TEXT : null;
    }

    private static boolean is(byte[] bytes, int from, int to, byte[] lower) {
        if (to - from != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            byte octet = bytes[from + i];
            if ((octet >= 'A' && octet <= 'Z' ? octet + 32 : octet) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    private static int next(byte[] bytes, int from, int to, char wanted) {
        int i = from;
        while (i < to && bytes[i] != wanted) {
            i++;
        }
        return i;
    }
}
