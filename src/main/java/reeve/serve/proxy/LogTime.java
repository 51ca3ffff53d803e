package reeve.serve.proxy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The time of day as access lines say it, in UTC. Text is made once a second. One loop.
final class LogTime {
    private static final DateTimeFormatter COMMON = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss +0000", Locale.US)
            .withZone(ZoneOffset.UTC);

    private long second = Long.MIN_VALUE;
    private byte[] iso = new byte[0];
    private byte[] common = new byte[0];

    private void refresh(Instant now) {
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            String text = Instant.ofEpochSecond(second).toString();
            iso = Bytes.ascii(text.substring(0, text.length() - 1));
            common = Bytes.ascii(COMMON.format(now));
        }
    }

    /// `2026-11-21T20:00:00.123Z`.
    void stamp(Bytes to, Instant now) {
        refresh(now);
        fraction(to.put(iso), now.getNano() / 1_000_000).put('Z');
    }

    /// `2026-11-21T20:00:00+00:00`.
    void iso(Bytes to, Instant now) {
        refresh(now);
        to.put(iso).put("+00:00");
    }

    /// `21/Nov/2026:20:00:00 +0000`.
    void common(Bytes to, Instant now) {
        refresh(now);
        to.put(common);
    }

    /// `1795291200.123`.
    static void seconds(Bytes to, Instant now) {
        fraction(to.number(now.getEpochSecond()), now.getNano() / 1_000_000);
    }

    /// Seconds, as nginx says them: `0.123`.
    static void seconds(Bytes to, long nanos) {
        long millis = Math.max(0, nanos / 1_000_000);
        fraction(to.number(millis / 1000), (int) (millis % 1000));
    }

    /// Milliseconds: `123.456`.
    static void millis(Bytes to, long nanos) {
        long micros = Math.max(0, nanos / 1000);
        fraction(to.number(micros / 1000), (int) (micros % 1000));
    }

    private static Bytes fraction(Bytes to, int thousandths) {
        return to.put('.').put((char) ('0' + thousandths / 100)).put((char) ('0' + thousandths / 10 % 10))
                .put((char) ('0' + thousandths % 10));
    }
}
