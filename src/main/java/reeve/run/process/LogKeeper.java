package reeve.run.process;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Elapsed;
import reeve.base.Time;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver.Output;

/// Looks at the logs of all running instances in turn: each once a second, and up to 50 times a second while it grows fast.
/// That is a stat(2) for each; a look at one that is just being put aside delays only the looks at the others.
final class LogKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);

    private final Time time;
    private final Map<InstanceId, Due> logs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Due(KeptLog log, Elapsed at) {}

    LogKeeper(Time time) {
        this.time = time;
        again(KeptLog.LEISURELY);
    }

    /// From now on the log is kept within its bounds.
    void keep(InstanceId id, Output output) {
        logs.put(id, new Due(new KeptLog(output, time.now()), time.elapsed()));
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
        Duration next = KeptLog.LEISURELY;
        for (InstanceId id : logs.keySet()) {
            Due due = logs.get(id);
            if (due == null) {
                continue; // released meanwhile
            }
            if (time.elapsed().reached(due.at)) {
                var looked = new Due(due.log, time.elapsed().plus(look(due.log)));
                logs.replace(id, due, looked);
                due = looked;
            }
            Duration left = due.at.since(time.elapsed());
            next = left.compareTo(next) < 0 ? left : next;
        }
        again(next);
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
