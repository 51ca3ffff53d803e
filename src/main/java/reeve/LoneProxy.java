package reeve;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Closer;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.base.http.HttpTarget;
import reeve.declare.settings.AccessLog;
import reeve.declare.settings.Settings;
import reeve.front.cli.NodeServer;
import reeve.serve.certificate.Certificates;

/// The role `reeve proxy`: a data plane without a control plane, fed by a node. Keeps nothing; begins to listen with the first rows.
final class LoneProxy implements NodeServer.Node {
    private static final Logger LOG = LoggerFactory.getLogger(LoneProxy.class);
    private static final Duration LOOK = Duration.ofMillis(20);

    /// For who is connected to ask once more, and to learn by the answer that this connection ends.
    private static final Duration LEAVES = Duration.ofSeconds(10);

    private final Closer rooms = new Closer();
    private final SystemTime time = rooms.register(new SystemTime());
    private final CountDownLatch ended = new CountDownLatch(1);
    private final DataPlane data;
    private boolean closed;

    /// @param node where it is fed
    /// @param name of this proxy among those of the node
    LoneProxy(Settings settings, TakenSockets taken, String version, HttpTarget node, Optional<String> token, String name) {
        var certificates = rooms.register(new Certificates(settings.tls().certificates(),
                (what, why, known) -> LOG.info("certificate: what={} why={} known={}", what, why, known), time));
        data = new DataPlane(settings, taken, true, own(settings), version);
        certificates.start();
        data.choose(certificates);
        data.follow(node, token, name);
        LOG.info("proxy {} is fed by {}", name, node);
    }

    /// The log in the node's state folder is the node's.
    private static AccessLog own(Settings settings) {
        boolean ofNode = settings.accessLog() instanceof AccessLog.ToFile file && file.path().startsWith(settings.state());
        return ofNode ? new AccessLog.Off() : settings.accessLog();
    }

    /// What people should know of where it listens.
    List<String> notes() {
        return data.proxy().notes();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            data.proxy().retire();
            Waiting.until(time, LOOK, LEAVES, () -> data.proxy().connections() == 0);
            data.close();
            rooms.close();
            ended.countDown();
        }
    }
}
