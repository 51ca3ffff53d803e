package reeve.model.wire;

import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Records of this room to JSON and back, by generated code. Immutable; any thread.
public final class WireJson {
    private final Jsonb jsonb;

    private WireJson(boolean failOnUnknown) {
        jsonb = Jsonb.builder().serializeNulls(true).failOnUnknown(failOnUnknown).build();
    }

    /// For servers: a field it does not know is refused, never ignored.
    public static WireJson strict() {
        return new WireJson(true);
    }

    /// For clients and stored records: fields of a newer Reeve are skipped.
    public static WireJson lenient() {
        return new WireJson(false);
    }

    public String write(Object record) {
        return jsonb.toJson(record);
    }

    public byte[] bytes(Object record) {
        return write(record).getBytes(StandardCharsets.UTF_8);
    }

    /// @throws WireException when the text is not such a record
    public <T> T read(Class<T> type, byte[] json) {
        return guarded(type, () -> jsonb.type(type).fromJson(json));
    }

    /// @throws WireException when the text is not such a record
    public <T> T read(Class<T> type, String json) {
        return guarded(type, () -> jsonb.type(type).fromJson(json));
    }

    /// @throws WireException when the text is not an array of such records
    public <T> List<T> readList(Class<T> type, byte[] json) {
        return guarded(type, () -> jsonb.type(type).list().fromJson(json));
    }

    private interface Reading<T> {
        T read();
    }

    private static <T> T guarded(Class<?> type, Reading<T> reading) {
        try {
            return reading.read();
        } catch (RuntimeException e) { // the library, the times and the records' own checks each throw their own
            throw new WireException("cannot read JSON of " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }
}
