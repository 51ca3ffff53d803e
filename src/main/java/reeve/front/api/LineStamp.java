package reeve.front.api;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The stamp that the monitor of a container puts before each line of its output:
/// `2026-11-21T14:07:26.361292402+00:00 stdout F `. People are shown the line without it, as of any other program.
final class LineStamp {
    private static final Pattern STAMP =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(?:Z|[+-]\\d\\d:\\d\\d) std(?:out|err) [FP] ?");
    private static final int LONGEST = 64;

    private LineStamp() {}

    /// How long it is; 0 where there is none.
    static int length(byte[] line) {
        if (line.length < 30 || line[4] != '-' || line[10] != 'T') {
            return 0;
        }
        Matcher stamp = STAMP.matcher(new String(line, 0, Math.min(line.length, LONGEST), StandardCharsets.ISO_8859_1));
        return stamp.lookingAt() ? stamp.end() : 0;
    }

    static String without(String line) {
        return line.substring(length(line.getBytes(StandardCharsets.UTF_8)));
    }
}
