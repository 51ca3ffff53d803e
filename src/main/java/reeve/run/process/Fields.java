package reeve.run.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Lines `KEY VALUE`: what Reeve and the shim tell each other, in files and in the request for a start.
/// In values each byte that is not printable ASCII, and the backslash, is written `\0ooo`, which `printf %b` of every shell reads.
final class Fields {
    private final StringBuilder text = new StringBuilder();

    Fields add(String key, String value) {
        text.append(key).append(' ');
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 127 && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\0%03o", b & 0xff));
            }
        }
        text.append('\n');
        return this;
    }

    Fields add(String key, long value) {
        return add(key, Long.toString(value));
    }

    /// A line without a value.
    Fields mark(String key) {
        text.append(key).append('\n');
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /// The last value of each key.
    static Map<String, String> read(String text) {
        var fields = new LinkedHashMap<String, String>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            fields.put(space < 0 ? line : line.substring(0, space), space < 0 ? "" : decode(line.substring(space + 1)));
        });
        return fields;
    }

    private static String decode(String value) {
        if (value.indexOf('\\') < 0) {
            return value;
        }
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < value.length(); i++) {
            if (value.startsWith("\\0", i) && i + 5 <= value.length()) {
                bytes.write(Integer.parseInt(value, i + 2, i + 5, 8));
                i += 4;
            } else {
                bytes.write(value.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
