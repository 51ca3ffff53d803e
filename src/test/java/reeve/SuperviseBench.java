package reeve;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import reeve.base.Elapsed;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.testing.Podman;
import reeve.testing.ReeveProcess;
import reeve.testing.Supervisord;

/// What it costs to supervise many small services, which do nothing, beside supervisord and Podman. Run by `bench/supervise`.
/// Times of kills are taken from each supervisor's own log: both write when they noticed an end, and when they started again.
final class SuperviseBench {
    private static final Duration ALL_STARTED = Duration.ofMinutes(10);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final int PODMAN_KILLS = 10;

    private final SystemTime time = new SystemTime();
    private final Random random = new Random(7);
    private final int services;
    private final int kills;
    private final int apps;

    private SuperviseBench(int services, int kills, int apps) {
        this.services = services;
        this.kills = kills;
        this.apps = apps;
    }

    public static void main(String[] arguments) throws IOException {
        var bench = new SuperviseBench(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        System.out.printf("%d services, %d kills%n", bench.services, bench.kills);
        bench.reeve();
        bench.supervisord();
        bench.podman();
        bench.time.close();
    }

    private void reeve() throws IOException {
        Path folder = Files.createTempDirectory("reeve-supervise");
        try (var reeve = ReeveProcess.launched(folder)) {
            reeve.up();
            pause(SETTLED);
            long resident = resident(reeve.client().node().pid());
            Elapsed begun = time.elapsed();
            for (int app = 0; app < apps; app++) {
                String text = manifest(app);
                reeve.client().apply(new ApplyRequest(folder.resolve("reeve.yaml").toString(), text, Map.of()));
            }
            awaitRunning(reeve);
            row("reeve", "all started", time.elapsed().since(begun));
            pause(SETTLED);
            long pid = reeve.client().node().pid();
            row("reeve", "resident with none", resident / 1024 + " kB");
            row("reeve", "resident with all", resident(pid) / 1024 + " kB, "
                    + (resident(pid) - resident) / 1024 / services + " kB for each service");
            row("reeve", "its shims", proportional(reeve) / services + " kB for each service (Pss)");
            idle(reeve, pid);
            kills(reeve);
            adoption(reeve);
        }
    }

    private String manifest(int app) {
        var text = new StringBuilder("name: bench" + app + "\nservices:\n");
        for (int i = 0; i < services / apps; i++) {
            text.append("  s%04d: { command: [\"sleep\", \"%d\"], stop_grace_period: 1s }%n".formatted(i, 1_000_000 + i));
        }
        return text.toString();
    }

    private void awaitRunning(ReeveProcess reeve) {
        boolean running = Waiting.until(time, Duration.ofMillis(100), ALL_STARTED, () -> {
            List<InstanceRow> rows = reeve.client().instances(Optional.empty());
            return rows.size() == services / apps * apps && rows.stream().allMatch(row -> row.state().equals("running"));
        });
        if (!running) {
            throw new IllegalStateException("cannot measure: not all services run");
        }
    }

    /// Processor time while nothing happens, and what a pass that finds nothing to do takes of it.
    private void idle(ReeveProcess reeve, long pid) {
        double seconds = sample(reeve, "reeve_reconcile_seconds_total{kind=\"pass\"}");
        double passes = sample(reeve, "reeve_reconcile_events_total{kind=\"pass\"}");
        Duration before = Processes.cpu(pid);
        pause(IDLE);
        row("reeve", "processor time in an idle minute", Processes.cpu(pid).minus(before));
        double count = sample(reeve, "reeve_reconcile_events_total{kind=\"pass\"}") - passes;
        double took = sample(reeve, "reeve_reconcile_seconds_total{kind=\"pass\"}") - seconds;
        row("reeve", "a pass with nothing to do",
                count == 0 ? "none in that minute" : "%.1f ms, mean of %.0f".formatted(took * 1000 / count, count));
    }

    private static double sample(ReeveProcess reeve, String name) {
        return reeve.client().metrics("/metrics").lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1))).findFirst().orElse(0);
    }

    private void kills(ReeveProcess reeve) {
        List<InstanceRow> rows = new ArrayList<>(reeve.client().instances(Optional.empty()));
        var noticed = new ArrayList<Duration>();
        var again = new ArrayList<Duration>();
        for (int i = 0; i < kills; i++) {
            InstanceRow row = rows.remove(random.nextInt(rows.size()));
            Instant at = kill(row.pid());
            var entries = new ArrayList<JournalRow>();
            Waiting.until(time, Duration.ofMillis(20), ReeveProcess.PATIENCE, () -> {
                entries.clear();
                reeve.client().journal(Optional.of(row.instance()), 20).stream().filter(entry -> !entry.at().isBefore(at))
                        .forEach(entries::add);
                return entries.stream().anyMatch(entry -> entry.what().equals("running"));
            });
            noticed.add(Duration.between(at, first(entries, "backing_off")));
            again.add(Duration.between(at, first(entries, "running")));
        }
        row("reeve", "from a kill to its restart decided", noticed);
        row("reeve", "from a kill to running again", again);
    }

    private static Instant first(List<JournalRow> entries, String what) {
        return entries.stream().filter(entry -> entry.what().equals(what)).map(JournalRow::at).min(Instant::compareTo)
                .orElseThrow(() -> new IllegalStateException("cannot measure: no entry " + what + " in " + entries));
    }

    private void adoption(ReeveProcess reeve) {
        Map<String, Long> before = pids(reeve);
        reeve.killHard();
        Elapsed begun = time.elapsed();
        reeve.up();
        row("reeve", "from start to ready after kill -9", time.elapsed().since(begun));
        awaitRunning(reeve);
        row("reeve", "from start to all adopted after kill -9", time.elapsed().since(begun));
        row("reeve", "processor time until then", Processes.cpu(reeve.client().node().pid()));
        row("reeve", "processes lost or started again", String.valueOf(before.entrySet().stream()
                .filter(one -> !pids(reeve).entrySet().contains(one)).limit(1).count()));
    }

    private static Map<String, Long> pids(ReeveProcess reeve) {
        return reeve.client().instances(Optional.empty()).stream().collect(toMap(InstanceRow::instance, InstanceRow::pid));
    }

    private void supervisord() throws IOException {
        if (!Supervisord.there()) {
            row("supervisord", "not measured", "it is not installed here");
            return;
        }
        Elapsed begun = time.elapsed();
        try (var peer = new Supervisord(Files.createTempDirectory("reeve-supervisord"), services)) {
            if (!Waiting.until(time, Duration.ofMillis(50), ALL_STARTED, () -> peer.programs().size() == services)) {
                throw new IllegalStateException("cannot measure: supervisord does not start its programs");
            }
            row("supervisord", "all started", time.elapsed().since(begun));
            pause(SETTLED);
            row("supervisord", "resident with all", resident(peer.pid()) / 1024 + " kB");
            Duration before = Processes.cpu(peer.pid());
            pause(IDLE);
            row("supervisord", "processor time in an idle minute", Processes.cpu(peer.pid()).minus(before));
            kills(peer);
        }
    }

    private void kills(Supervisord peer) {
        var names = new ArrayList<>(peer.programs().keySet());
        var noticed = new ArrayList<Duration>();
        var again = new ArrayList<Duration>();
        for (int i = 0; i < kills; i++) {
            String name = names.remove(random.nextInt(names.size()));
            Instant at = kill(peer.programs().get(name));
            if (!Waiting.until(time, Duration.ofMillis(20), ReeveProcess.PATIENCE, () -> peer.said("spawned: '" + name, at).isPresent())) {
                throw new IllegalStateException("cannot measure: supervisord does not start " + name + " again");
            }
            noticed.add(Duration.between(at, peer.said("exited: " + name, at).orElseThrow()));
            again.add(Duration.between(at, peer.said("spawned: '" + name, at).orElseThrow()));
        }
        row("supervisord", "from a kill to noticed", noticed);
        row("supervisord", "from a kill to running again", again);
    }

    /// One container: its restarts are Podman's monitor's alone, whatever their number.
    private void podman() {
        var again = new ArrayList<Duration>();
        try (var podman = new Podman()) {
            podman.podman("run", "--detach", "--restart=always", "--network=none", Podman.BOX, "sleep", "7654321");
            for (int i = 0; i < PODMAN_KILLS; i++) {
                long pid = sleeper(0);
                Instant at = kill(pid);
                sleeper(pid);
                again.add(Duration.between(at, time.wall()));
            }
            row("podman", "from a kill to running again", again);
        } catch (RuntimeException | AssertionError e) {
            row("podman", "not measured", "it does not run here: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private long sleeper(long before) {
        var found = new ArrayList<ProcessFacts>();
        boolean there = Waiting.until(time, Duration.ofMillis(2), ReeveProcess.PATIENCE, () -> {
            found.clear();
            found.addAll(Processes.all(facts -> facts.pid() != before && Supervisord.runs(facts.pid(), "sleep\0" + "7654321\0")));
            return !found.isEmpty();
        });
        if (!there) {
            throw new IllegalStateException(before == 0 ? "the container does not run" : "the container is not started again");
        }
        return found.getFirst().pid();
    }

    private Instant kill(long pid) {
        long startTicks = Processes.facts(pid).orElseThrow().startTicks();
        Instant at = time.wall();
        Processes.signal(pid, startTicks, Processes.SIGKILL);
        return at;
    }

    private static long resident(long pid) {
        return Long.parseLong(Processes.status(pid, "VmRSS").replace(" kB", "")) * 1024;
    }

    /// What the shims hold, each page shared out among those who share it, in kB.
    private static long proportional(ReeveProcess reeve) {
        return reeve.client().instances(Optional.empty()).stream().flatMap(row -> Processes.facts(row.pid()).stream())
                .mapToLong(program -> Supervisord.proportional(program.parent())).sum();
    }

    private void pause(Duration duration) {
        Waiting.until(time, duration, duration, () -> false);
    }

    private static void row(String who, String what, Duration took) {
        row(who, what, "%.2f s".formatted(took.toMillis() / 1e3));
    }

    private static void row(String who, String what, List<Duration> times) {
        List<Duration> sorted = times.stream().sorted().toList();
        row(who, what, "median %.1f ms, p90 %.1f ms, longest %.1f ms"
                .formatted(millis(sorted, 50), millis(sorted, 90), millis(sorted, 100)));
    }

    private static double millis(List<Duration> sorted, int percentile) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percentile / 100)).toNanos() / 1e6;
    }

    private static void row(String who, String what, String figure) {
        System.out.printf(Locale.ROOT, "%-12s %-42s %s%n", who, what, figure);
    }
}
