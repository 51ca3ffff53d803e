package reeve.sleep;

import java.util.Map;
import reeve.model.ServiceId;

/// Where the decisions of this room are written down for people. A port of this room, joined to the journal in `Wiring`.
@FunctionalInterface
public interface SleepRecords {

    /// Called on the loop's thread; must not wait for long and never throws.
    /// @param what  the decision, a word: `falling_asleep`, `asleep`, `waking`, `awake`, …
    /// @param why   one line, readable without context
    /// @param facts what it was based on, in order
    void record(ServiceId service, String what, String why, Map<String, String> facts);
}
