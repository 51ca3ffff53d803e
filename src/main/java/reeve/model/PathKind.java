package reeve.model;

/// How a route's path is compared with a request's.
public enum PathKind {
    /// Whole segments from the start: `/a` covers `/a` and `/a/b`, not `/ab`.
    PREFIX(""),
    /// That path alone.
    EXACT("="),
    /// A regular expression that has to match the whole path.
    REGEX("~");

    private final String mark;

    PathKind(String mark) {
        this.mark = mark;
    }

    /// What stands before the path where a route is shown; nothing before a prefix.
    public String mark() {
        return mark;
    }
}
