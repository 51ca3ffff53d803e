package reeve.serve.proxy;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reeve.model.ServiceId;
import reeve.sleep.WakeGate;

/// A request waiting for its service to wake: carries the outcome back to the exchange's loop.
final class HeldRequest implements Wait, WakeGate.Waiter {
    private final Loop loop;
    private final Exchange exchange;
    private final ServiceId service;
    private final long since;
    private volatile boolean gone;

    HeldRequest(Loop loop, Exchange exchange, ServiceId service) {
        this.loop = loop;
        this.exchange = exchange;
        this.service = service;
        this.since = loop.now();
    }

    @Override
    public void begin() {
        loop.wakeGate().await(service, this);
    }

    @Override
    public void leave() {
        gone = true;
    }

    @Override
    public @Nullable Answer tick(long now) {
        return null; // the wake gate limits it
    }

    @Override
    public void done(WakeGate.Outcome outcome) {
        try {
            loop.executor().execute(() -> exchange.resume(this, answer(outcome), loop.now() - since));
        } catch (RejectedExecutionException e) {
            gone = true; // the proxy has been closed, and this client with it
        }
    }

    /// @return null where the service is awake
    private @Nullable Answer answer(WakeGate.Outcome outcome) {
        return switch (outcome) {
            case WakeGate.Outcome.Awake _ -> null;
            case WakeGate.Outcome.Failed(var reason, var retryAfter) -> Answer.wakeFailed(service, reason, retryAfter);
            case WakeGate.Outcome.TimedOut(var waited) -> Answer.wakeTimedOut(service, waited);
            case WakeGate.Outcome.Refused(var retryAfter) -> Answer.tooManyWait(service, retryAfter);
        };
    }

    @Override
    public boolean gone() {
        return gone;
    }
}
