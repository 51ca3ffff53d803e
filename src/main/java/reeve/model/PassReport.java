package reeve.model;

import java.util.List;

/// What one pass over everything found and did.
/// @param looked   things it looked at: services, companions, installed apps
/// @param actions  what it began to do about them, in order
/// @param failures what is not as it should be, one for each thing at most
public record PassReport(int looked, List<Action> actions, List<Failed> failures) {
    public static final PassReport NOTHING = new PassReport(0, List.of(), List.of());

    /// @param subject such as `wiki/web/1`
    /// @param what    one word, such as `start`
    public record Action(String subject, String what) {}

    /// @param reason fit for a user's eyes
    public record Failed(String subject, String reason) {}

    public PassReport {
        actions = List.copyOf(actions);
        failures = List.copyOf(failures);
    }
}
