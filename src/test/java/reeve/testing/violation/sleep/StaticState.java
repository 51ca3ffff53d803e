package reeve.testing.violation.sleep;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Remembers things where no test can replace them.
public final class StaticState {
    static int counter;
    static final AtomicLong ATOMIC = new AtomicLong();
    static final ConcurrentHashMap<String, String> CACHE = new ConcurrentHashMap<>();
    static final Map<String, String> HIDDEN = new HashMap<>();
    static final int[] OPEN_ARRAY = {1};

    static final List<String> CONSTANT = List.of("a");
    private static final int[] TABLE = {1};

    private StaticState() {}

    static int first() {
        return TABLE[0];
    }
}
