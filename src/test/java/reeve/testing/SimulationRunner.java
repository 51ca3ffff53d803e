package reeve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Runs a world with many seeds. System properties: `reeve.sim.seeds`, how many (1,000 unless told); `reeve.sim.seed`, this one
/// only, and its trace is printed and kept in `target/sim`.
public final class SimulationRunner {
    private static final int DEFAULT_SEEDS = 1_000;
    private static final int SHOWN = 60;
    /// Thousands of runs would fill the log with state changes that the trace has anyway.
    private static final Logger LOG = Logger.getLogger("reeve");

    private final String name;

    /// @param name of the test class without its package, or so much of it that `./dev sim NAME` finds it
    public SimulationRunner(String name) {
        this.name = name;
    }

    /// @param world builds itself in the simulation and runs it; throws an AssertionError when an invariant is broken
    public void run(Consumer<Simulation> world) {
        Long seed = Long.getLong("reeve.sim.seed");
        if (seed != null) {
            play(seed, world, true);
            return;
        }
        int seeds = Integer.getInteger("reeve.sim.seeds", DEFAULT_SEEDS);
        for (long next = 1; next <= seeds; next++) {
            play(next, world, false);
        }
        System.out.println("soak: " + seeds + " seeds of " + name);
    }

    /// The first of so many seeds that breaks the world, as an error that says how to replay it.
    public Optional<AssertionError> firstFailure(int seeds, Consumer<Simulation> world) {
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                play(seed, world, false);
            } catch (AssertionError e) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /// Plays each of so many seeds twice and compares the traces: a replay is worth nothing where they differ.
    public static void requireSameRunTwice(int seeds, Consumer<Simulation> world) {
        for (long seed = 1; seed <= seeds; seed++) {
            List<String> first = trace(seed, world);
            List<String> second = trace(seed, world);
            if (!first.equals(second)) {
                int at = 0;
                while (at < Math.min(first.size(), second.size()) && first.get(at).equals(second.get(at))) {
                    at++;
                }
                throw new AssertionError("seed " + seed + " gives two runs, which part at line " + at + " of their traces:\n"
                        + String.join("\n", first.subList(at, Math.min(at + 1, first.size()))) + "\n"
                        + String.join("\n", second.subList(at, Math.min(at + 1, second.size()))));
            }
        }
    }

    private static List<String> trace(long seed, Consumer<Simulation> world) {
        var simulation = new Simulation(seed);
        world.accept(simulation);
        return simulation.trace().stream().map(line -> line.replaceAll("@[0-9a-f]+", "")).toList(); // without the identity of objects
    }

    private void play(long seed, Consumer<Simulation> world, boolean printed) {
        Level before = LOG.getLevel();
        LOG.setLevel(Level.OFF);
        var simulation = new Simulation(seed);
        try {
            world.accept(simulation);
        } catch (AssertionError | RuntimeException e) {
            List<String> trace = simulation.trace();
            List<String> end = trace.subList(Math.max(0, trace.size() - SHOWN), trace.size());
            throw new AssertionError(e.getMessage() + "\nreplay: ./dev sim " + name + " " + seed + "\n" + String.join("\n", end), e);
        } finally {
            LOG.setLevel(before);
            if (printed) {
                keep(seed, simulation.trace());
            }
        }
    }

    private void keep(long seed, List<String> trace) {
        System.out.println(String.join("\n", trace));
        try {
            Path file = Files.createDirectories(Path.of("target", "sim")).resolve(name + "-" + seed + ".txt");
            Files.write(file, trace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
