package reeve.run.process;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver.Output;

/// Looks at the logs of all running instances in turn: each once a second while it grows, up to 50 times a second while it grows
/// fast, and ever less often while it does not grow. Should one of those begin to, the disk tells: when its free space falls,
/// all are looked at. A look is a stat(2); one at a log that is just being put aside delays only the looks at the others.
final class LogKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);

    /// More than this less of free space since the last second, and some log may be growing.
    private static final long NOTICED_BYTES = 4L << 20;

    private final Time time;
    private final LongSupplier freeBytes;
    /// Of the one thread that looks.
    private Elapsed measured;
    private long freeThen;
    private final Map<InstanceId, Due> logs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Due(KeptLog log, Duration pause, Elapsed at) {}

    /// @param freeBytes of the disk that has the logs
    LogKeeper(Time time, LongSupplier freeBytes) {
        this.time = time;
        this.freeBytes = freeBytes;
        this.measured = time.elapsed();
        this.freeThen = freeBytes.getAsLong();
        again(KeptLog.LEISURELY);
    }

    /// From now on the log is kept within its bounds.
    void keep(InstanceId id, Output output) {
        logs.put(id, new Due(new KeptLog(output, time.now()), KeptLog.LEISURELY, time.elapsed()));
    }

    /// Nothing more is written to it.
    void release(InstanceId id) {
        Due last = logs.remove(id);
        if (last != null) {
            last.log.look(time.now());
        }
    }

    private void again(Duration after) {
        time.after(after, () -> Thread.ofVirtual().name("log-keeper").start(this::lookAtAll));
    }

    private void lookAtAll() {
        if (closed) {
            return;
        }
        boolean filling = filling();
        Duration next = KeptLog.LEISURELY;
        for (Map.Entry<InstanceId, Due> entry : logs.entrySet()) {
            Due due = entry.getValue();
            if (filling || time.elapsed().reached(due.at)) {
                Duration pause = look(due.log);
                var looked = new Due(due.log, pause, time.elapsed().plus(pause));
                logs.replace(entry.getKey(), due, looked); // unless it was released meanwhile
                due = looked;
            }
            if (due.pause.compareTo(KeptLog.LEISURELY) < 0) { // others wait for the lap that comes anyway
                Duration left = due.at.since(time.elapsed());
                next = left.compareTo(next) < 0 ? left : next;
            }
        }
        again(next);
    }

    /// Whether the disk has filled since it was last measured, a second ago or more.
    private boolean filling() {
        Elapsed now = time.elapsed();
        if (!now.reached(measured.plus(KeptLog.LEISURELY))) {
            return false;
        }
        long free = freeBytes.getAsLong();
        boolean filling = free < freeThen - NOTICED_BYTES;
        measured = now;
        freeThen = free;
        return filling;
    }

    private Duration look(KeptLog log) {
        try {
            return log.look(time.now());
        } catch (RuntimeException e) { // the others are looked at all the same
            LOG.error("cannot look at a log", e);
            return KeptLog.LEISURELY;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
