package reeve.front.api;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reeve.model.Failure;
import reeve.model.ServiceId;
import reeve.sleep.Asked;
import reeve.sleep.SleepInbox;

/// Where people ask for sleep and for a wake. A port of this room; may wait for the sleep room's loop, for a bounded time.
public interface SleepDesk {

    Asked askSleep(ServiceId service);

    /// @param why for the journal
    Asked askWake(ServiceId service, String why);

    /// One line on where the service stands; empty for one that never sleeps.
    Optional<String> status(ServiceId service);

    static SleepDesk of(SleepInbox inbox) {
        return new SleepDesk() {
            @Override
            public Asked askSleep(ServiceId service) {
                return answer(inbox.askSleep(service));
            }

            @Override
            public Asked askWake(ServiceId service, String why) {
                return answer(inbox.askWake(service, why));
            }

            @Override
            public Optional<String> status(ServiceId service) {
                return inbox.status(service).map(status -> status.state() + ", " + status.because());
            }
        };
    }

    private static Asked answer(CompletableFuture<Asked> asked) {
        try {
            return asked.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Failure(Failure.Kind.TIMEOUT, "cannot tell yet: the sleep room did not answer within 10 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot tell: interrupted", e);
        } catch (ExecutionException e) {
            throw new Failure(Failure.Kind.INTERNAL, "cannot tell: a fault in the sleep room", e);
        }
    }
}
