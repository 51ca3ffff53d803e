package reeve.run.process;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Patience;
import reeve.base.os.NotifySockets;
import reeve.base.os.OsException;
import reeve.base.os.Processes;
import reeve.model.InstanceId;
import reeve.run.process.Records.Identity;
import reeve.run.supervise.Driver.Listener;
import reeve.run.supervise.Driver.Notice;
import reeve.run.supervise.Driver.Run;

/// What programs tell by sd_notify(3): one socket for each run that is listened to, at a path that lasts as long as the run.
/// A message counts when its sender is one of the run's processes: in its session, its cgroup, or with its cookie.
final class Notices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);
    private static final int LONGEST_STATUS = 500;

    private final NotifySockets sockets = new NotifySockets();
    private final Listener listener;
    private final Map<InstanceId, AutoCloseable> open = new ConcurrentHashMap<>();
    private final Map<InstanceId, Identity> known = new ConcurrentHashMap<>();

    Notices(Listener listener) {
        this.listener = listener;
    }

    /// Listens before the program runs; what it sends is handled when it is [#known].
    void listen(InstanceId id, Belongings belongings) throws IOException {
        AutoCloseable before = open.put(id, sockets.listen(belongings.socket(), message -> heard(id, message)));
        close(before);
    }

    void known(InstanceId id, Identity identity) {
        if (open.containsKey(id)) {
            known.put(id, identity);
        }
    }

    boolean listens(InstanceId id) {
        return open.containsKey(id);
    }

    void release(InstanceId id) {
        known.remove(id);
        close(open.remove(id));
    }

    private static void close(@Nullable AutoCloseable socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (Exception e) {
            throw new OsException("cannot close a socket: " + e.getMessage(), e);
        }
    }

    private void heard(InstanceId id, NotifySockets.Message message) {
        // a program that is ready at once may be heard before its start is known
        Patience.shortly(() -> known.containsKey(id));
        Identity identity = known.get(id);
        if (identity == null || !belongs(message.pid(), identity)) {
            LOG.debug("notification ignored: instance={} sender={}", id, message.pid());
            return;
        }
        var run = new Run(identity.run(), identity.pid());
        message.text().lines().forEach(line -> {
            if (line.equals("READY=1")) {
                listener.notified(id, run, new Notice.Ready());
            } else if (line.equals("WATCHDOG=1")) {
                listener.notified(id, run, new Notice.Watchdog());
            } else if (line.startsWith("STATUS=")) {
                String text = line.substring("STATUS=".length());
                listener.notified(id, run, new Notice.Status(text.length() > LONGEST_STATUS ? text.substring(0, LONGEST_STATUS) : text));
            }
        });
    }

    /// A sender that is gone already cannot be told from a stranger.
    private static boolean belongs(long pid, Identity identity) {
        return pid == identity.pid()
                || Processes.facts(pid).filter(facts -> facts.session() == identity.pid()).isPresent()
                || Processes.inCgroupNamed(pid, identity.run())
                || Processes.startedWith(pid, Records.COOKIE + "=" + identity.run());
    }

    @Override
    public void close() {
        sockets.close();
    }
}
