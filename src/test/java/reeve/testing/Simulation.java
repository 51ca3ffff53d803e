package reeve.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// One run of a world on one thread: virtual time, one seeded source of chance, and events that happen one after the other.
/// After each of them every invariant is checked. The same seed gives the same run.
///
/// What belongs to a program that can crash is scheduled through its [SimulatedProcess]; the world outside through this class.
public final class Simulation {
    private static final int TRACE_LIMIT = 20_000;

    private final VirtualTime time = new VirtualTime();
    private final RandomGenerator random;
    private final List<Invariant> invariants = new ArrayList<>();
    private final List<Runnable> afterEach = new ArrayList<>();
    private final ArrayDeque<Line> trace = new ArrayDeque<>();
    private final long origin = time.nanos();
    private boolean faults = true;

    /// @param broken what is wrong now; empty while it holds
    private record Invariant(String name, Supplier<Optional<String>> broken) {}

    /// Made into text only for a run that somebody looks at: most are not.
    private record Line(long nanos, String who, Supplier<String> what) {
        @Override
        public String toString() {
            return "%10.4f s  %-12s %s".formatted(nanos / 1e9, who, what.get());
        }
    }

    public Simulation(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    public VirtualTime time() {
        return time;
    }

    public RandomGenerator random() {
        return random;
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// Like [#chance], but never once the faults have stopped.
    public boolean fault(double probability) {
        return chance(probability) && faults;
    }

    /// From now on nothing goes wrong any more: what is left is to converge.
    public void stopFaults() {
        faults = false;
        note("world", "faults stop");
    }

    public boolean faultsGoOn() {
        return faults;
    }

    public Duration between(Duration least, Duration most) {
        return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }

    public <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /// Something that will happen in the world, whoever crashes.
    public void after(Duration delay, String what, Runnable event) {
        time.after(delay, () -> happen("world", () -> what, event));
    }

    /// A condition that must hold after each event.
    public void invariant(String name, Supplier<Optional<String>> broken) {
        invariants.add(new Invariant(name, broken));
    }

    /// Adds a line to the trace.
    public void note(String who, String what) {
        note(who, () -> what);
    }

    private void note(String who, Supplier<String> what) {
        if (trace.size() == TRACE_LIMIT) {
            trace.removeFirst();
        }
        trace.add(new Line(time.nanos() - origin, who, what));
    }

    /// Lets the world go on for that long.
    public void run(Duration length) {
        var over = new boolean[1];
        time.after(length, () -> over[0] = true);
        afterEach.forEach(Runnable::run); // for what was posted since the last run
        while (!over[0] && time.advanceToNext()) {
            afterEach.forEach(Runnable::run);
            check();
        }
    }

    public void fail(String what) {
        throw new AssertionError(what);
    }

    public List<String> trace() {
        return trace.stream().map(Line::toString).toList();
    }

    void afterEach(Runnable hook) {
        afterEach.add(hook);
    }

    void happen(String who, Supplier<String> what, Runnable event) {
        note(who, what);
        event.run();
    }

    private void check() {
        for (Invariant invariant : invariants) {
            invariant.broken.get().ifPresent(how -> fail(invariant.name + ": " + how));
        }
    }
}
