package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reeve.model.ServiceId;
import reeve.sleep.Traffic;

/// What the sleep room may expect of [Traffic], whether the proxy is in the node's process or in another one.
public abstract class TrafficContract {
    protected static final ServiceId WEB = ServiceId.of("wiki", "web");
    protected final VirtualTime time = new VirtualTime();

    protected abstract Traffic traffic();

    /// A request arrives at a proxy.
    /// @return whether it passes
    protected abstract boolean enter();

    /// One that passed ends.
    protected abstract void leave();

    /// What proxies in other processes are told arrives, and what they say.
    protected abstract void settle();

    private boolean isHeld() {
        settle();
        return traffic().activity(WEB).unconfirmed() == 0;
    }

    @Test
    void whatIsOpenIsCountedAndIdleTimeRunsFromItsEnd() {
        settle();
        time.advance(Duration.ofSeconds(5));
        assertThat(traffic().activity(WEB)).isEqualTo(new Traffic.Activity(0, 0, Duration.ofSeconds(5)));
        assertThat(enter()).isTrue();
        settle();
        time.advance(Duration.ofSeconds(5));
        settle();
        assertThat(traffic().activity(WEB)).isEqualTo(new Traffic.Activity(1, 0, Duration.ZERO));
        leave();
        settle();
        time.advance(Duration.ofSeconds(2));
        assertThat(traffic().activity(WEB)).isEqualTo(new Traffic.Activity(1, 1, Duration.ofSeconds(2)));
    }

    @Test
    void whereNothingIsOpenNewRequestsAreHeldUntilTheRelease() {
        settle();
        assertThat(traffic().hold(WEB)).isTrue();
        assertThat(isHeld()).isTrue();
        assertThat(enter()).isFalse();
        traffic().release(WEB);
        settle();
        assertThat(enter()).isTrue();
    }

    @Test
    void whereARequestIsOpenNothingIsHeld() {
        settle();
        assertThat(enter()).isTrue();
        settle();
        assertThat(traffic().hold(WEB)).isFalse();
        traffic().release(WEB);
        settle();
        assertThat(enter()).isTrue();
    }

    @Test
    void aRequestThatComesJustBeforeTheHoldIsSeen() {
        settle();
        long opened = traffic().activity(WEB).opened();
        assertThat(enter()).isTrue();
        boolean held = traffic().hold(WEB); // where the proxy is elsewhere it may not be known yet
        settle();
        Traffic.Activity activity = traffic().activity(WEB);
        assertThat(held && activity.unconfirmed() == 0 && activity.opened() == opened).isFalse();
        assertThat(activity.open()).isEqualTo(1);
    }

    @Test
    void whatIsAsleepAlreadyIsHeldWhateverIsOpen() {
        settle();
        assertThat(enter()).isTrue();
        traffic().holdAlways(WEB);
        assertThat(isHeld()).isTrue();
        assertThat(enter()).isFalse();
        leave();
        assertThat(enter()).isFalse();
        traffic().release(WEB);
        settle();
        assertThat(enter()).isTrue();
    }

    @Test
    void holdAndReleaseMayBeSaidAgain() {
        settle();
        assertThat(traffic().hold(WEB)).isTrue();
        assertThat(traffic().hold(WEB)).isTrue();
        assertThat(isHeld()).isTrue();
        traffic().release(WEB);
        traffic().release(WEB);
        settle();
        assertThat(enter()).isTrue();
    }
}
