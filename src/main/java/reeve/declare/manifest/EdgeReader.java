package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.RouteEdge;

/// Reads what becomes of a route's requests and answers on their way.
final class EdgeReader {
    /// Among the other keys of a route.
    static final KeyTable EDGE = KeyTable.of("edge")
            .key("request_headers", "none", "what is changed in the head of a request on its way to the backend: `{set, add, remove}`")
            .key("response_headers", "none", "the same for the head of an answer on its way to the client")
            .key("server_timing", "`false`", "whether answers tell how long the request was held, its connection took, and its backend");

    static final KeyTable HEADERS = KeyTable.of("header changes")
            .key("set", "none", "`{NAME: VALUE}`: takes the place of all lines of that name")
            .key("add", "none", "`{NAME: VALUE}`, or a list of values: comes besides other lines of that name")
            .key("remove", "none", "names, one or a list");

    private EdgeReader() {}

    /// @return empty for none
    static Optional<RouteEdge> read(Fields fields) {
        HeaderChanges request = fields.get("request_headers").map(value -> changes(value, true)).orElse(HeaderChanges.NONE);
        HeaderChanges response = fields.get("response_headers").map(value -> changes(value, false)).orElse(HeaderChanges.NONE);
        boolean timing = fields.get("server_timing").flatMap(Value::truth).orElse(false);
        var edge = new RouteEdge(request, response, timing);
        return edge.equals(RouteEdge.NONE) ? Optional.empty() : Optional.of(edge);
    }

    /// @param hosted whether `Host` may be set
    private static HeaderChanges changes(Value value, boolean hosted) {
        Fields fields = value.fields(HEADERS.keys());
        var set = new ArrayList<HeaderChanges.Line>();
        var add = new ArrayList<HeaderChanges.Line>();
        var remove = new ArrayList<String>();
        for (Value given : fields.get("set").map(Value::entries).orElse(List.of())) {
            if (set.stream().anyMatch(other -> other.name().equalsIgnoreCase(given.name()))) {
                given.wrongKey("cannot set the header '" + Value.cut(given.name()) + "' twice");
            } else if (mayChange(given, hosted)) {
                line(given.name(), given).ifPresent(set::add);
            }
        }
        for (Value given : fields.get("add").map(Value::entries).orElse(List.of())) {
            if (mayChange(given, false)) {
                given.oneOrMore().forEach(each -> line(given.name(), each).ifPresent(add::add));
            }
        }
        for (Value given : fields.get("remove").map(Value::oneOrMore).orElse(List.of())) {
            given.text(EdgeReader::removed).ifPresent(remove::add);
        }
        if (set.size() + add.size() + remove.size() > HeaderChanges.MOST) {
            value.wrong("cannot change more than " + HeaderChanges.MOST + " header lines");
            return HeaderChanges.NONE;
        }
        return new HeaderChanges(set, add, remove);
    }

    private static boolean mayChange(Value given, boolean hosted) {
        String refusal = refusal(given.name(), hosted, "set");
        if (!refusal.isEmpty()) {
            given.wrongKey(refusal);
        }
        return refusal.isEmpty();
    }

    private static String removed(String name) {
        String refusal = refusal(name, false, "remove");
        if (!refusal.isEmpty()) {
            throw new IllegalArgumentException(refusal);
        }
        return name;
    }

    /// @return empty where nothing speaks against it
    private static String refusal(String name, boolean hosted, String what) {
        String header = "cannot " + what + " the header '" + Value.cut(name) + "'";
        if (!HeaderChanges.isName(name)) {
            return header + ": allowed are letters, digits and -_.!#$%&'*+^`|~";
        }
        if (HeaderChanges.isFixed(name)) {
            return header + ": it belongs to one connection or frames the message, and Reeve writes it itself";
        }
        if (name.equalsIgnoreCase("host") && !hosted) {
            return header + ": only 'request_headers.set' can have it";
        }
        return "";
    }

    private static Optional<HeaderChanges.Line> line(String name, Value value) {
        return value.text(text -> new HeaderChanges.Line(name, new HeaderText(text)));
    }
}
