package reeve.serve.edge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reeve.model.Compression;
import reeve.model.Compression.Coding;

/// Which answers of a route are compressed, and how. Immutable.
public final class CompressionRules {
    /// Each event has to arrive when it happens, and many clients of such streams undo no coding: only where it is named.
    private static final String EVENTS = "text/event-stream";

    private final Compression rules;

    CompressionRules(Compression rules) {
        this.rules = rules;
    }

    /// What a client likes best of what is offered (RFC 9110 §12.5.3).
    /// @param from of the value of `Accept-Encoding`
    /// @return null where it is sent as it is
    public @Nullable Coding chosen(byte[] bytes, int from, int to, Set<Coding> offered) {
        int[] qualities = {-1, -1, -1};
        int others = -1;
        int identity = -1;
        for (int at = from; at < to; ) {
            int end = next(bytes, at, to, ',');
            int nameEnd = next(bytes, at, end, ';');
            String name = new String(bytes, at, nameEnd - at, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
            int quality = Quality.of(bytes, nameEnd, end);
            switch (name) {
                case "gzip", "x-gzip" -> qualities[Coding.GZIP.ordinal()] = quality;
                case "br" -> qualities[Coding.BR.ordinal()] = quality;
                case "zstd" -> qualities[Coding.ZSTD.ordinal()] = quality;
                case "*" -> others = quality;
                case "identity" -> identity = quality;
                default -> { } // another coding
            }
            at = end + 1;
        }
        Coding best = null;
        int bestQuality = Math.max(0, identity);
        for (Coding coding : rules.codings()) {
            int quality = qualities[coding.ordinal()] < 0 ? others : qualities[coding.ordinal()];
            if (offered.contains(coding) && (quality > bestQuality || quality == bestQuality && best == null && quality > 0)) {
                best = coding;
                bestQuality = quality;
            }
        }
        return best;
    }

    private static int next(byte[] bytes, int from, int to, char wanted) {
        int i = from;
        while (i < to && bytes[i] != wanted) {
            i++;
        }
        return i;
    }

    /// Whether content is worth it.
    /// @param type   the value of `Content-Type`; empty for none
    /// @param length in bytes; -1 where nobody knows
    public boolean covers(String type, long length) {
        if (length >= 0 && length < rules.minSize()) {
            return false;
        }
        int end = type.indexOf(';');
        String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        List<String> types = rules.types();
        return types.contains(bare) || !bare.equals(EVENTS) && types.contains(bare.substring(0, bare.indexOf('/') + 1) + "*");
    }
}
