package reeve.declare.yaml;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers of bytes as Compose and others write them: `4096`, `512k`, `64mb`, `1.5g`, `10Gi`. Each unit is 1024 of the one below.
public final class SizeText {
    public static final String ALLOWED = "a size such as 512k, 64m or 1.5g";
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?(?:([kmgt])(?:b|ib|i)?|b)?");
    private static final String UNITS = "kmgt";

    private SizeText() {}

    /// @return bytes
    public static OptionalLong parse(String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        int power = size.group(2) == null ? 0 : UNITS.indexOf(size.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << 10 * power));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? OptionalLong.empty() : OptionalLong.of(bytes.longValue());
    }
}
