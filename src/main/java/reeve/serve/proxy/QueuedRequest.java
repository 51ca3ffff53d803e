package reeve.serve.proxy;

import java.util.concurrent.RejectedExecutionException;
import reeve.serve.route.Balancer;
import reeve.serve.route.RouteTable;

/// An exchange in the queue of a service whose instances all work on as many requests as they may.
final class QueuedRequest implements Runnable {
    private final Loop loop;
    private final Exchange exchange;
    private final Balancer balancer;
    private final RouteTable table;

    QueuedRequest(Loop loop, Exchange exchange, Balancer balancer) {
        this.loop = loop;
        this.exchange = exchange;
        this.balancer = balancer;
        this.table = loop.routes();
    }

    /// @return false where the queue is full
    boolean enter() {
        if (!balancer.overflow().offer(this, balancer.balance().capacity().queue())) {
            return false;
        }
        look(loop.now()); // one may have ended in between
        return true;
    }

    /// Lets the first in the queue try where that may have a point: also when instances have come, or come back.
    void look(long now) {
        if (balancer.hasRoom(now) || table != loop.routes()) {
            balancer.overflow().next();
        }
    }

    boolean waitsTooLong(long waited) {
        return waited > balancer.balance().capacity().patience().toNanos();
    }

    void leave() {
        balancer.overflow().leave(this);
    }

    /// It is its turn, which passes to the next where nobody waits here any more.
    @Override
    public void run() {
        try {
            loop.executor().execute(() -> {
                if (exchange.hasEnded()) {
                    balancer.overflow().next();
                } else {
                    exchange.roomMade();
                }
            });
        } catch (RejectedExecutionException e) {
            balancer.overflow().next(); // the proxy has just closed
        }
    }
}
