package reeve.run.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import reeve.base.Elapsed;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;
import reeve.testing.Simulation;

/// The operating system of a simulated node and the durable part of a driver: programs that outlive Reeve, and how they ended.
final class SimulatedPrograms {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final Simulation simulation;
    private final Map<InstanceId, List<Program>> running = new TreeMap<>();
    private final Map<InstanceId, Driver.Found.Ended> ended = new TreeMap<>();
    private final Map<InstanceId, Elapsed> lastGood = new TreeMap<>();
    private final Map<InstanceId, Elapsed> lastEnd = new TreeMap<>();
    private Consumer<Ending> listener = _ -> {};
    private int runs;

    record Ending(InstanceId id, Driver.Run run, Exit exit) {}

    /// One running program.
    final class Program {
        final InstanceId id;
        final Driver.Run run;
        final String spec;
        final boolean once;
        final Elapsed since = simulation.time().elapsed();
        boolean frozen;
        boolean asked;
        Elapsed healthyFrom;

        private Program(InstanceId id, Driver.Run run, String spec, boolean once) {
            this.id = id;
            this.run = run;
            this.spec = spec;
            this.once = once;
            this.healthyFrom = simulation.time().elapsed().plus(simulation.between(MOMENT, Duration.ofSeconds(1)));
        }

        boolean healthy() {
            return !frozen && simulation.time().elapsed().reached(healthyFrom);
        }
    }

    SimulatedPrograms(Simulation simulation) {
        this.simulation = simulation;
    }

    /// Who is told of ends; Reeve, while it lives.
    void listen(Consumer<Ending> next) {
        listener = next;
    }

    Optional<Program> find(InstanceId id) {
        return running.getOrDefault(id, List.of()).stream().findFirst();
    }

    Optional<Program> find(InstanceId id, Driver.Run run) {
        return running.getOrDefault(id, List.of()).stream().filter(program -> program.run.equals(run)).findFirst();
    }

    List<Program> all() {
        return running.values().stream().flatMap(List::stream).toList();
    }

    Optional<String> twice() {
        return running.entrySet().stream().filter(entry -> entry.getValue().size() > 1).map(entry -> entry.getKey().toString()).findFirst();
    }

    List<Driver.Found> adopt() {
        var found = new ArrayList<Driver.Found>();
        all().forEach(program -> found.add(new Driver.Found.Alive(program.id, program.run, program.spec, program.frozen)));
        ended.forEach((id, end) -> {
            if (find(id).isEmpty()) {
                found.add(end);
            }
        });
        return found;
    }

    Driver.Run start(InstanceId id, String spec, boolean once) {
        var program = new Program(id, new Driver.Run("run " + ++runs, 1_000 + runs), spec, once);
        running.computeIfAbsent(id, _ -> new ArrayList<>()).add(program);
        ended.remove(id);
        if (once) {
            simulation.after(simulation.between(MOMENT, Duration.ofSeconds(1)), id + " is done", () -> finish(program));
        }
        return program.run;
    }

    private void finish(Program program) {
        if (program.frozen) {
            simulation.after(Duration.ofMillis(50), program.id + " is done later", () -> finish(program));
        } else {
            end(program, new Exit.Code(simulation.fault(0.1) ? 3 : 0));
        }
    }

    void signal(InstanceId id, Driver.Run run, StopSignal signal) {
        find(id, run).ifPresent(program -> {
            if (signal == StopSignal.SIGKILL) {
                simulation.after(simulation.between(MOMENT, Duration.ofMillis(50)), id + " is killed", () ->
                        end(program, new Exit.Signalled(9)));
            } else {
                program.asked = !simulation.fault(0.1); // some do not listen
                heed(program);
            }
        });
    }

    private void heed(Program program) {
        if (program.asked && !program.frozen) {
            simulation.after(simulation.between(MOMENT, Duration.ofSeconds(1)), program.id + " heeds its signal", () -> {
                if (!program.frozen) {
                    end(program, new Exit.Signalled(15));
                }
            });
        }
    }

    void thaw(Program program) {
        program.frozen = false;
        heed(program);
    }

    void crash(Program program) {
        if (!program.frozen) {
            end(program, new Exit.Code(1));
        }
    }

    private void end(Program program, Exit exit) {
        if (running.getOrDefault(program.id, List.of()).remove(program)) {
            simulation.note("world", program.id + " " + program.run.run() + " ends: " + exit.words());
            ended.put(program.id, new Driver.Found.Ended(program.id, program.spec, exit));
            lastEnd.put(program.id, simulation.time().elapsed());
            if (program.once && exit.success()) {
                lastGood.put(program.id, simulation.time().elapsed());
            }
            listener.accept(new Ending(program.id, program.run, exit));
        }
    }

    void forget(InstanceId id) {
        ended.remove(id);
    }

    /// Remembers who is up, for the order of starts.
    void look() {
        all().stream().filter(program -> !program.once && (program.healthy() || program.frozen))
                .forEach(program -> lastGood.put(program.id, simulation.time().elapsed()));
    }

    /// How long ago a run of an instance ended last.
    Optional<Duration> endedAgo(InstanceId id) {
        return Optional.ofNullable(lastEnd.get(id)).map(at -> simulation.time().elapsed().since(at));
    }

    /// How long ago an instance was up last, or succeeded where it runs once.
    Optional<Duration> goodAgo(InstanceId id) {
        return Optional.ofNullable(lastGood.get(id)).map(at -> simulation.time().elapsed().since(at));
    }
}
