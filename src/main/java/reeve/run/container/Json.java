package reeve.run.container;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;

/// A JSON value, as Podman sends and takes them. Asking a value for what it is not gives what is empty: nobody but Podman wrote it,
/// and a field it leaves out is no error.
/// @param value see [WireJson#readAny]
record Json(@Nullable Object value) {
    static final Json NOTHING = new Json(null);

    private static final WireJson WIRE = WireJson.lenient();

    static Json object(Map<String, ?> fields) {
        return new Json(fields);
    }

    static Json array(List<?> items) {
        return new Json(items);
    }

    /// A field of an object.
    Json get(String name) {
        return value instanceof Map<?, ?> fields ? new Json(fields.get(name)) : NOTHING;
    }

    String text() {
        return value instanceof String text ? text : "";
    }

    long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    boolean truth() {
        return Boolean.TRUE.equals(value);
    }

    List<Json> items() {
        return value instanceof List<?> items ? items.stream().map(Json::new).toList() : List.of();
    }

    List<String> texts() {
        return items().stream().map(Json::text).toList();
    }

    Map<String, Json> fields() {
        var fields = new LinkedHashMap<String, Json>();
        if (value instanceof Map<?, ?> all) {
            all.forEach((name, field) -> fields.put(String.valueOf(name), new Json(field)));
        }
        return fields;
    }

    boolean isNothing() {
        return value == null;
    }

    /// The values of several places, one after the other; those that are missing are skipped.
    Stream<Json> find(String... names) {
        return Stream.of(names).map(this::get).filter(found -> !found.isNothing());
    }

    /// @throws WireException when the text is not JSON, or nested too deep
    static Json parse(String text) {
        return new Json(WIRE.readAny(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// As JSON text.
    @Override
    public String toString() {
        return WIRE.write(value);
    }
}
