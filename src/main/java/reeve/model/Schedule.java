package reeve.model;

/// When an instance is started, besides being wanted.
public sealed interface Schedule {

    /// It runs as long as it is wanted.
    record Continuous() implements Schedule {}

    /// It is started at these times and ends by itself. A time that comes while it still runs is left out.
    /// @param expression five fields of crontab(5): minute, hour, day of month, month, day of week; in the node's time zone
    record Cron(String expression) implements Schedule {}
}
