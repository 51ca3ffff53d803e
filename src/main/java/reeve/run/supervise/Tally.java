package reeve.run.supervise;

import java.util.EnumMap;
import java.util.Map;

/// How often in a row each check failed.
public record Tally(Map<Check, Integer> failures) {
    public static final Tally NONE = new Tally(Map.of());

    public Tally {
        failures = Map.copyOf(failures);
    }

    int of(Check check) {
        return failures.getOrDefault(check, 0);
    }

    Tally failed(Check check) {
        return with(check, of(check) + 1);
    }

    Tally passed(Check check) {
        return of(check) == 0 ? this : with(check, 0);
    }

    private Tally with(Check check, int count) {
        var next = new EnumMap<Check, Integer>(Check.class);
        next.putAll(failures);
        next.put(check, count);
        return new Tally(next);
    }
}
