package reeve.model.wire;

import org.jspecify.annotations.Nullable;

/// JSON may leave out what a record needs; this is where that is noticed.
final class Present {
    private Present() {}

    static void all(String record, @Nullable Object... fields) {
        for (Object field : fields) {
            if (field == null) {
                throw new IllegalArgumentException("cannot read " + record + ": a required field is missing");
            }
        }
    }

    static void field(String record, String name, @Nullable Object field) {
        if (field == null) {
            throw new IllegalArgumentException("cannot read " + record + ": field '" + name + "' is missing");
        }
    }
}
