package reeve.base.os;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import reeve.base.Time;

/// Tells the service manager again and again that this process is alive (sd_watchdog_enabled(3)), as long as what it is for
/// answers: one that hangs is restarted by the manager. Does nothing where no manager asked for it.
public final class Watchdog implements AutoCloseable {
    private final Notify manager;
    private final Time time;
    private final BooleanSupplier answers;
    private volatile boolean closed;

    /// @param variables this process's environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`
    /// @param answers   asked on the timer's thread; must return at once
    public Watchdog(Map<String, String> variables, Time time, BooleanSupplier answers) {
        this.manager = new Notify(variables.getOrDefault("NOTIFY_SOCKET", ""));
        this.time = time;
        this.answers = answers;
        asked(variables, ProcessHandle.current().pid()).ifPresent(every -> tell(every.dividedBy(2)));
    }

    /// How often the manager wants to hear of this process.
    static Optional<Duration> asked(Map<String, String> variables, long pid) {
        String micros = variables.getOrDefault("WATCHDOG_USEC", "");
        boolean meant = variables.getOrDefault("WATCHDOG_PID", Long.toString(pid)).equals(Long.toString(pid));
        return meant && micros.matches("[1-9][0-9]{0,14}")
                ? Optional.of(Duration.ofNanos(Long.parseLong(micros) * 1000)) : Optional.empty();
    }

    private void tell(Duration every) {
        if (closed) {
            return;
        }
        if (answers.getAsBoolean()) {
            manager.send("WATCHDOG=1");
        }
        time.after(every, () -> tell(every));
    }

    @Override
    public void close() {
        closed = true;
    }
}
