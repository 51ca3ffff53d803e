package reeve.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the proxy costs beside nginx, HAProxy, Caddy and nginx with Lua and Redis: the same backend, the same load, in one run, rounds
/// interleaved. Run by `bench/proxy`. Processor time for each request is what can be compared between machines and days.
final class ProxyBench {
    private static final int ROUTES = 10_000;
    private static final int IDLE = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9.]+)ms");
    private static final byte[] REQUEST = "GET /small HTTP/1.1\r\nHost: host77.example.org\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final int rounds;
    private final Duration length;
    private final Set<Workload> workloads;

    private ProxyBench(int rounds, Duration length, Set<Workload> workloads) {
        this.rounds = rounds;
        this.length = length;
        this.workloads = workloads;
    }

    /// @param arguments ROUNDS SECONDS [WORKLOAD ...]
    public static void main(String[] arguments) throws IOException {
        Set<Workload> workloads = arguments.length < 3 ? EnumSet.allOf(Workload.class)
                : Arrays.stream(arguments).skip(2).map(name -> Workload.valueOf(name.toUpperCase(Locale.ROOT)))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Workload.class)));
        new ProxyBench(Integer.parseInt(arguments[0]), Duration.ofSeconds(Long.parseLong(arguments[1])), workloads).run();
    }

    private void run() throws IOException {
        List<String> options = List.of(System.getProperty("reeve.java.options", "-XX:+UseSerialGC -Xmx256m -Xms64m").split(" "));
        try (var rig = new Rig()) {
            var peers = new Peers(rig, ROUTES, options);
            Map<String, Peer> all = peers.all().stream().collect(Collectors.toMap(Peer::name, Function.identity()));
            System.out.printf("%d cores, Linux %s, the proxy alone on one; %s%n", rig.cores(), System.getProperty("os.version"),
                    peers.versions());
            System.out.printf("%,d routes (Reeve, Lua), access logs on, %d rounds of %d s, medians (lowest-highest)%n", ROUTES, rounds,
                    length.toSeconds());
            var load = new Load(rig);
            for (Workload workload : workloads) {
                measure(workload, workload.peers.stream().filter(all::containsKey).map(all::get).toList(), load);
            }
            memory(List.of(all.get("nginx"), all.get("reeve")));
            pauses(peers.pauses());
        }
    }

    private void measure(Workload workload, List<Peer> peers, Load load) {
        var measured = new HashMap<Peer, List<Load.Measured>>();
        for (Peer peer : peers) {
            load.run(workload, peer, WARM_UP); // the JVM compiles, on the core it is measured on
        }
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                measured.computeIfAbsent(peer, _ -> new ArrayList<>()).add(load.run(workload, peer, length));
            }
        }
        System.out.printf("%n%s: %s%n", workload.name().toLowerCase(Locale.ROOT), workload.what);
        System.out.printf("%-8s %-24s %-9s %-22s %-20s %-20s %s%n", "", "CPU us/request", "x nginx", "requests/s", "p50 us", "p99 us",
                "failed");
        double nginx = median(measured.get(peers.getFirst()), ProxyBench::processorMicros);
        for (Peer peer : peers) {
            List<Load.Measured> runs = measured.get(peer);
            System.out.printf("%-8s %-24s %-9s %-22s %-20s %-20s %d%n", peer.name(), row(runs, ProxyBench::processorMicros, "%.1f"),
                    String.format(Locale.ROOT, "%.2f", median(runs, ProxyBench::processorMicros) / nginx),
                    row(runs, Load.Measured::perSecond, "%.0f"), row(runs, run -> run.median().toNanos() / 1e3, "%.0f"),
                    row(runs, run -> run.slow().toNanos() / 1e3, "%.0f"), runs.stream().mapToLong(Load.Measured::failed).sum());
        }
    }

    private static double processorMicros(Load.Measured run) {
        return run.processor().toNanos() / 1e3;
    }

    private static double median(List<Load.Measured> runs, Function<Load.Measured, Double> of) {
        List<Double> sorted = runs.stream().map(of).sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static String row(List<Load.Measured> runs, Function<Load.Measured, Double> of, String format) {
        List<Double> sorted = runs.stream().map(of).sorted().toList();
        return String.format(Locale.ROOT, format + " (" + format + "-" + format + ")", median(runs, of), sorted.getFirst(),
                sorted.getLast());
    }

    /// Resident memory with many kept connections that have asked once and ask no more, and what each of them takes.
    private static void memory(List<Peer> peers) throws IOException {
        System.out.printf("%nmemory with %,d idle connections%n", IDLE);
        for (Peer peer : peers) {
            long before = Rig.resident(peer.pids().get());
            var sockets = new ArrayList<Socket>();
            try {
                for (int i = 0; i < IDLE; i++) {
                    var socket = new Socket(InetAddress.getLoopbackAddress(), peer.plain());
                    sockets.add(socket);
                    socket.getOutputStream().write(REQUEST);
                    socket.getInputStream().readNBytes(100); // of more than that
                }
                long after = Rig.resident(peer.pids().get());
                System.out.printf("%-8s %d MB, %.1f kB for each more%n", peer.name(), after / 1024, (after - before) / (double) IDLE);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    private static void pauses(Path log) throws IOException {
        double[] pauses = Files.readAllLines(log).stream().map(PAUSE::matcher).filter(Matcher::find)
                .mapToDouble(pause -> Double.parseDouble(pause.group(1))).sorted().toArray();
        if (pauses.length > 0) {
            System.out.printf("%npauses of the collector: %d, p50 %.1f ms, p99.9 %.1f ms, longest %.1f ms%n", pauses.length,
                    pauses[pauses.length / 2], pauses[(int) (pauses.length * 0.999)], pauses[pauses.length - 1]);
        }
    }
}
