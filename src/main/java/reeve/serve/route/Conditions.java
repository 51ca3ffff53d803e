package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reeve.model.RouteConditions;

/// A route's conditions as bytes, to be compared with a request's.
final class Conditions {
    private final byte[][] methods;
    private final byte[][] names;
    private final byte @Nullable [][] values;

    private Conditions(RouteConditions when) {
        methods = when.methods().stream().map(method -> method.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
        names = when.headers().stream().map(header -> header.name().getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
        values = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            values[i] = when.headers().get(i).value().map(value -> value.getBytes(StandardCharsets.ISO_8859_1)).orElse(null);
        }
    }

    /// @return null where there are none
    static @Nullable Conditions of(RouteConditions when) {
        return when.count() == 0 ? null : new Conditions(when);
    }

    boolean accept(RouteRequest request) {
        for (int i = 0; i < names.length; i++) {
            if (!request.hasField(names[i], values[i])) {
                return false;
            }
        }
        return methods.length == 0 || hasMethod(request);
    }

    private boolean hasMethod(RouteRequest request) {
        for (byte[] method : methods) {
            if (request.hasMethod(method)) {
                return true;
            }
        }
        return false;
    }
}
