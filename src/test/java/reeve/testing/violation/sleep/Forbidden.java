package reeve.testing.violation.sleep;

import java.lang.foreign.Arena;
import java.lang.reflect.AccessibleObject;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Calls everything that a room must not call. Never run.
public final class Forbidden {
    private final Supplier<Instant> clock = Instant::now;

    public List<Object> readsTheClock() {
        return List.of(clock, Instant.now(), LocalDate.now(), System.nanoTime(), System.currentTimeMillis());
    }

    public List<Object> isRandom() {
        return List.of(Math.random(), ThreadLocalRandom.current(), new Random(), UUID.randomUUID(), new SecureRandom());
    }

    public void waitsAndExits() throws InterruptedException {
        Thread.sleep(1);
        System.exit(1);
    }

    public Object reflects(AccessibleObject member) throws ClassNotFoundException {
        member.setAccessible(true);
        return Class.forName("x");
    }

    public List<Object> reachesTheMachine() {
        return List.of(new ProcessBuilder("x"), Arena.global());
    }
}
