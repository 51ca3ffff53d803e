package reeve.serve.proxy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The waits of one request, one after the other, and its head meanwhile: the array that it was read in is everybody's. Made when the
/// first begins. One exchange, one loop.
final class Waits {
    private final byte[] head;
    private final List<Wait> over = new ArrayList<>(1);
    private @Nullable Wait current;
    private long heldNanos;

    /// @param head of the request, and nothing else
    Waits(byte[] head) {
        this.head = head;
    }

    byte[] head() {
        return head;
    }

    @Nullable Wait current() {
        return current;
    }

    void begin(Wait wait) {
        current = wait;
        wait.begin();
    }

    /// The current one has come to its end.
    /// @param held how much of it was for a wake
    void ended(long held) {
        if (current != null) {
            over.add(current);
            current = null;
        }
        heldNanos += held;
    }

    void leave() {
        if (current != null) {
            current.leave();
            current = null;
        }
    }

    /// Nanoseconds for which a service woke.
    long heldNanos() {
        return heldNanos;
    }

    /// Those of a kind that have ended, the first first.
    <W extends Wait> List<W> over(Class<W> kind) {
        return over.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
