package reeve.model.wire;

import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records of this room to JSON and back, by generated code. Immutable; any thread.
public final class WireJson {
    private static final int MOST_NESTING = 64;
    /// Made once: each looks up all generated code.
    private static final WireJson STRICT = new WireJson(true);
    private static final WireJson LENIENT = new WireJson(false);

    private final Jsonb jsonb;

    private WireJson(boolean failOnUnknown) {
        jsonb = Jsonb.builder().serializeNulls(true).failOnUnknown(failOnUnknown).build();
    }

    /// For servers: a field it does not know is refused, never ignored.
    public static WireJson strict() {
        return STRICT;
    }

    /// For clients and stored records: fields of a newer Reeve are skipped.
    public static WireJson lenient() {
        return LENIENT;
    }

    public String write(Object record) {
        return jsonb.toJson(record);
    }

    public byte[] bytes(Object record) {
        return write(record).getBytes(StandardCharsets.UTF_8);
    }

    /// @throws WireException when the text is not such a record
    public <T> T read(Class<T> type, byte[] json) {
        return guarded(type, json, () -> jsonb.type(type).fromJson(json));
    }

    /// @throws WireException when the text is not such a record
    public <T> T read(Class<T> type, String json) {
        return read(type, json.getBytes(StandardCharsets.UTF_8));
    }

    /// @throws WireException when the text is not an array of such records
    public <T> List<T> readList(Class<T> type, byte[] json) {
        return guarded(type, json, () -> jsonb.type(type).list().fromJson(json));
    }

    /// Reads what others send, of which there is no record here.
    /// @return a `Map` with its fields in their order, `List`, `String`, `Long` or `Double` (beyond 2^53 rounded), `Boolean`, or null
    /// @throws WireException when the text is not JSON; what follows a whole value is not looked at
    public @Nullable Object readAny(byte[] json) {
        return guarded(Object.class, json, () -> jsonb.type(Object.class).fromJson(json));
    }

    private interface Reading<T extends @Nullable Object> {
        T read();
    }

    private static <T extends @Nullable Object> T guarded(Class<?> type, byte[] json, Reading<T> reading) {
        try {
            checkNesting(json);
            return reading.read();
        } catch (RuntimeException e) { // the parser has no one type for bad input: `{"` ends in an index out of bounds
            throw new WireException("cannot read JSON of " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /// The parser descends by recursion also into what it skips, so deep input would take the thread's stack.
    private static void checkNesting(byte[] json) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            switch (json[i]) {
                case '"' -> inString = !inString;
                case '\\' -> i += inString ? 1 : 0;
                case '{', '[' -> depth += inString ? 0 : 1;
                case '}', ']' -> depth -= inString ? 0 : 1;
                default -> { /* of no matter to the depth */ }
            }
            if (depth > MOST_NESTING) {
                throw new JsonException("nested more than " + MOST_NESTING + " deep");
            }
        }
    }
}
