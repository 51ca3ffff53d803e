package reeve.serve.route;

import java.nio.charset.StandardCharsets;
import reeve.model.PathKind;
import reeve.model.RouteConditions;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;

/// What makes two routes the same: of these, one takes all requests. `/a`, `/a/` and `/%61` are the same prefix.
/// @param path in its normal form; a prefix without its last slash
record Place(String host, PathKind kind, String path, RouteConditions when) {
    static Place of(RouteSpec spec) {
        byte[] path = switch (spec.kind()) {
            case PREFIX -> PathTable.prefix(spec.path());
            case EXACT -> NormalPath.of(spec.path());
            case REGEX -> spec.path().getBytes(StandardCharsets.US_ASCII);
        };
        return new Place(spec.host(), spec.kind(), new String(path, StandardCharsets.US_ASCII), spec.when());
    }

    byte[] key() {
        return path.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return new RouteSpec(host, path.isEmpty() ? "/" : path, kind, when, RouteHandling.PLAIN).toString();
    }
}
