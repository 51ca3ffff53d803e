package reeve.base.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import reeve.base.Time;

/// Bounds what a thread does on a channel: when the time is over the channel is closed under it. The same for TCP and unix
/// sockets, which know no read time-out of their own. Set and cleared by the channel's thread, fires on the timer thread.
final class Deadline {
    private final Time time;
    private final Closeable channel;
    private Runnable cancel = () -> {};
    private int armed;
    private volatile boolean passed;

    Deadline(Time time, Closeable channel) {
        this.time = time;
        this.channel = channel;
    }

    /// Replaces what was set before.
    synchronized void set(Duration within) {
        cancel.run();
        int mine = ++armed;
        cancel = time.after(within, () -> fire(mine));
    }

    synchronized void clear() {
        cancel.run();
        armed++;
    }

    private void fire(int mine) {
        synchronized (this) {
            if (mine != armed) {
                return; // cleared or replaced at the last moment
            }
            passed = true;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // whoever uses the channel meets the same failure, and reports it
        }
    }

    boolean passed() {
        return passed;
    }

    /// What a failure on the channel really was.
    IOException explain(IOException e, String doing) {
        return passed ? new SocketTimeoutException("cannot " + doing + ": it took too long") : e;
    }
}
