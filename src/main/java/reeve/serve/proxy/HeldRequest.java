package reeve.serve.proxy;

import java.util.concurrent.RejectedExecutionException;
import reeve.sleep.WakeGate;

/// An exchange waiting for its service to wake: carries the outcome back to the exchange's loop.
final class HeldRequest implements WakeGate.Waiter {
    private final Loop loop;
    private final Exchange exchange;
    private volatile boolean gone;

    HeldRequest(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
    }

    void leave() {
        gone = true;
    }

    @Override
    public void done(WakeGate.Outcome outcome) {
        try {
            loop.executor().execute(() -> exchange.woken(outcome));
        } catch (RejectedExecutionException e) {
            gone = true; // the proxy has been closed, and this client with it
        }
    }

    @Override
    public boolean gone() {
        return gone;
    }
}
