package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.model.ServiceId;
import reeve.sleep.Traffic;
import reeve.testing.VirtualTime;

class ServiceTrafficTest {
    private final VirtualTime time = new VirtualTime();
    private final ServiceTraffic service = new ServiceTraffic(time);

    @Test
    void idleTimeRunsFromTheLastByte() {
        time.advance(Duration.ofSeconds(5));
        assertThat(service.activity()).isEqualTo(new Traffic.Activity(0, 0, Duration.ofSeconds(5)));
        assertThat(service.enter()).isTrue();
        time.advance(Duration.ofSeconds(5));
        assertThat(service.activity()).isEqualTo(new Traffic.Activity(1, 0, Duration.ZERO));
        service.leave();
        time.advance(Duration.ofSeconds(2));
        assertThat(service.activity()).isEqualTo(new Traffic.Activity(1, 1, Duration.ofSeconds(2)));
    }

    @Test
    void onlyAnEmptyServiceIsHeld() {
        service.enter();
        assertThat(service.hold()).isFalse();
        assertThat(service.enter()).isTrue();
        service.leave();
        service.leave();
        assertThat(service.hold()).isTrue();
        assertThat(service.hold()).as("held already").isTrue();
        assertThat(service.enter()).isFalse();
        service.release();
        service.release();
        assertThat(service.enter()).isTrue();
    }

    @Test
    void aServiceFoundAsleepIsHeldWhateverIsOpen() {
        service.enter();
        service.holdAlways();
        assertThat(service.enter()).isFalse();
        assertThat(service.activity().open()).isEqualTo(1);
        service.leave();
        assertThat(service.held()).isTrue();
        assertThat(service.activity().open()).isZero();
    }

    @Test
    void theListenerHearsOfEveryHold() {
        var traffic = new ProxyTraffic(time);
        var heard = new ArrayList<ServiceId>();
        traffic.onHeld(heard::add);
        ServiceId web = ServiceId.of("wiki", "web");
        assertThat(traffic.hold(web)).isTrue();
        traffic.release(web);
        traffic.of(web).enter();
        assertThat(traffic.hold(web)).isFalse();
        assertThat(heard).containsExactly(web);
    }

    @Test
    @Timeout(20)
    @DisplayName("RACE: nobody is inside while the service is held, however many try at once")
    void nobodyIsInsideWhileHeld() throws InterruptedException {
        var inside = new AtomicInteger();
        var wrong = new AtomicBoolean();
        var entered = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (int tries = 0; tries < 50_000; tries++) {
                    if (service.enter()) {
                        inside.incrementAndGet();
                        entered.incrementAndGet();
                        inside.decrementAndGet();
                        service.leave();
                    }
                    Thread.yield();
                }
            }));
        }
        int holds = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            if (service.hold()) {
                holds++;
                wrong.compareAndSet(false, inside.get() != 0 || service.activity().open() != 0);
                service.release();
            }
        }
        assertThat(holds).isPositive();
        assertThat(wrong).isFalse();
        assertThat(service.activity().opened()).isEqualTo(entered.get()).isEqualTo(service.activity().closed());
    }
}
