package reeve.serve.proxy;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reeve.model.ServiceId;
import reeve.serve.route.Balancer;
import reeve.serve.route.RouteTable;

/// A request in the queue of a service whose instances all work on as many as they may.
final class QueuedRequest implements Wait, Runnable {
    private final Loop loop;
    private final Exchange exchange;
    private final ServiceId service;
    private final Balancer balancer;
    private final RouteTable table;
    private final long since;

    /// @param since when the request was first in the queue
    QueuedRequest(Loop loop, Exchange exchange, ServiceId service, Balancer balancer, long since) {
        this.loop = loop;
        this.exchange = exchange;
        this.service = service;
        this.balancer = balancer;
        this.table = loop.routes();
        this.since = since;
    }

    long since() {
        return since;
    }

    @Override
    public void begin() {
        long now = loop.now();
        if (waitsTooLong(now) || !balancer.overflow().offer(this, balancer.balance().capacity().queue())) {
            exchange.resume(this, Answer.full(service), 0);
        } else {
            look(now); // one may have ended in between
        }
    }

    /// Lets the first in the queue try where that may have a point: also when instances have come, or come back.
    private void look(long now) {
        if (balancer.hasRoom(now) || table != loop.routes()) {
            balancer.overflow().next();
        }
    }

    private boolean waitsTooLong(long now) {
        return now - since > balancer.balance().capacity().patience().toNanos();
    }

    @Override
    public void leave() {
        balancer.overflow().leave(this);
    }

    @Override
    public @Nullable Answer tick(long now) {
        if (waitsTooLong(now)) {
            return Answer.full(service);
        }
        look(now);
        return null;
    }

    /// It is its turn, which passes to the next where nobody waits here any more.
    @Override
    public void run() {
        try {
            loop.executor().execute(() -> {
                if (exchange.hasEnded()) {
                    balancer.overflow().next();
                } else {
                    exchange.resume(this, null, 0);
                }
            });
        } catch (RejectedExecutionException e) {
            balancer.overflow().next(); // the proxy has just closed
        }
    }
}
