package reeve.serve.proxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.model.AccessFormat;
import reeve.model.AccessFormat.Part;
import reeve.model.AccessFormat.Variable;

/// What each line of the access log is made of, and what of a request's head has to be kept for it. Immutable.
/// @param pieces  of a line of text, in order; empty for JSON
/// @param headers of the request, in lower case, that are kept
/// @param user    whether the name in `Authorization` is kept
record LogPlan(List<Piece> pieces, List<byte[]> headers, boolean user) {

    /// One of the three.
    /// @param plain    text as it is
    /// @param variable what is known of the request
    /// @param header   number of one of the kept headers; -1 for none
    record Piece(byte @Nullable [] plain, @Nullable Variable variable, int header) {}

    /// JSON without headers.
    static final LogPlan BARE = new LogPlan(List.of(), List.of(), false);

    LogPlan {
        pieces = List.copyOf(pieces);
        headers = List.copyOf(headers);
    }

    /// @return null for JSON without headers, which needs nothing kept
    static @Nullable LogPlan of(AccessFormat format) {
        return switch (format) {
            case AccessFormat.Json(List<String> names) -> names.isEmpty() ? null
                    : new LogPlan(List.of(), names.stream().map(Bytes::ascii).toList(), false);
            case AccessFormat.Text text -> of(text);
        };
    }

    private static LogPlan of(AccessFormat.Text text) {
        var pieces = new ArrayList<Piece>();
        var headers = new ArrayList<byte[]>();
        boolean user = false;
        for (Part part : text.parts()) {
            switch (part) {
                case Part.Plain(String plain) -> pieces.add(new Piece(Bytes.ascii(plain), null, -1));
                case Part.Known(Variable variable) -> {
                    user |= variable == Variable.REMOTE_USER;
                    pieces.add(new Piece(null, variable, -1));
                }
                case Part.Header(String name) -> {
                    pieces.add(new Piece(null, null, headers.size()));
                    headers.add(Bytes.ascii(name));
                }
            }
        }
        return new LogPlan(pieces, headers, user);
    }

    boolean isText() {
        return !pieces.isEmpty();
    }
}
