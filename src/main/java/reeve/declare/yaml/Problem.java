package reeve.declare.yaml;

/// One thing about a file that its author should know.
/// @param key dotted path such as `services.web.sleep.after`; empty where there is none
public record Problem(Place place, String key, String message) {

    /// `shop.yaml:7:5: services.web.sleep.after: cannot read …`
    public String in(String file) {
        String where = place.line() > 0 ? ":" + place.line() + ":" + place.column() : "";
        return file + where + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
