package reeve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a proxy for a while, and says what that took of it: wrk for as fast as it goes, h2load for HTTP/2 and for a fixed rate.
final class Load {
    private static final String HOST = "host77.example.org";
    private static final Map<String, String> HEADERS = Map.ofEntries(
            Map.entry("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            Map.entry("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
            Map.entry("Accept-Language", "en-US,en;q=0.5"),
            Map.entry("Accept-Encoding", "gzip, deflate, br, zstd"),
            Map.entry("Referer", "https://host77.example.org/wiki/Main_Page"),
            Map.entry("Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark; lang=en"),
            Map.entry("DNT", "1"),
            Map.entry("Upgrade-Insecure-Requests", "1"),
            Map.entry("Sec-Fetch-Dest", "document"),
            Map.entry("Sec-Fetch-Mode", "navigate"),
            Map.entry("Sec-Fetch-Site", "same-origin"),
            Map.entry("Priority", "u=0, i"));
    private static final Pattern WRK_REQUESTS = Pattern.compile("([0-9]+) requests in ");
    private static final Pattern WRK_LATENCY = Pattern.compile("(50|99)% +([0-9.]+)(us|ms|s)");
    private static final Pattern H2LOAD_REQUESTS = Pattern.compile("requests: .* ([0-9]+) succeeded, ([0-9]+) failed, ([0-9]+) errored");
    private static final int RATE = 2000;

    private final Rig rig;
    private final Path headers;
    private final Path closing;

    Load(Rig rig) {
        this.rig = rig;
        this.headers = rig.write("headers.lua", script());
        this.closing = rig.write("closing.lua", "wrk.headers[\"Host\"] = \"" + HOST + "\"\nwrk.headers[\"Connection\"] = \"close\"\n");
    }

    private static String script() {
        var script = new StringBuilder("wrk.headers[\"Host\"] = \"" + HOST + "\"\n");
        HEADERS.forEach((name, value) -> script.append("wrk.headers[\"").append(name).append("\"] = \"").append(value).append("\"\n"));
        return script.toString();
    }

    /// @param processor time of all of the proxy's processes for one request
    /// @param failed    requests without an answer of 2xx
    record Measured(double perSecond, Duration processor, Duration median, Duration slow, long failed) {}

    Measured run(Workload workload, Peer peer, Duration length) {
        Duration before = Rig.processorTime(peer.pids().get());
        return switch (workload) {
            case HDR, LARGE, MANY, BULK -> wrk(workload, peer, headers, "http", peer.plain(), length, before);
            case CLOSE -> wrk(workload, peer, closing, "http", peer.plain(), length, before);
            case TLS -> wrk(workload, peer, headers, "https", peer.encrypted(), length, before);
            case RATE -> h2load(workload, peer, length, before, "--h1", "-n" + RATE * length.toSeconds(),
                    "--rps=" + RATE / workload.connections, // with -D instead of -n it never ends
                    "http://127.0.0.1:" + peer.plain() + workload.path);
            case H2 -> h2load(workload, peer, length, before, "-D" + length.toSeconds(), "-m16",
                    "https://127.0.0.1:" + peer.encrypted() + workload.path);
        };
    }

    private Measured wrk(Workload workload, Peer peer, Path script, String scheme, int port, Duration length, Duration before) {
        String output = rig.run("wrk", "-t1", "-c" + workload.connections, "-d" + length.toSeconds() + "s", "--latency", "-s",
                script.toString(), scheme + "://127.0.0.1:" + port + workload.path);
        Duration spent = Rig.processorTime(peer.pids().get()).minus(before);
        long requests = Long.parseLong(group(WRK_REQUESTS, output, 1));
        Matcher times = WRK_LATENCY.matcher(output);
        Duration median = Duration.ZERO;
        Duration slow = Duration.ZERO;
        while (times.find()) {
            Duration one = Duration.ofNanos((long) (Double.parseDouble(times.group(2)) * switch (times.group(3)) {
                case "us" -> 1e3;
                case "ms" -> 1e6;
                default -> 1e9;
            }));
            median = times.group(1).equals("50") ? one : median;
            slow = times.group(1).equals("99") ? one : slow;
        }
        long failed = output.lines().filter(line -> line.contains("Non-2xx") || line.contains("Socket errors"))
                .mapToLong(line -> Arrays.stream(line.replaceAll("[^0-9 ]", " ").strip().split(" +")).skip(line.contains("2xx") ? 1 : 0)
                        .mapToLong(Long::parseLong).sum()).sum();
        return new Measured((double) requests / length.toSeconds(), spent.dividedBy(Math.max(1, requests)), median, slow, failed);
    }

    private Measured h2load(Workload workload, Peer peer, Duration length, Duration before, String... more) {
        Path log = rig.folder.resolve("h2load.log");
        var command = new ArrayList<>(List.of("h2load", "-t1", "-c" + workload.connections, "--log-file=" + log,
                "-H:authority: " + HOST)); // the Host of HTTP/1.1, too
        HEADERS.forEach((name, value) -> command.add("-H" + name + ": " + value));
        command.addAll(List.of(more));
        try {
            Files.deleteIfExists(log);
            String output = rig.run(command.toArray(String[]::new));
            Duration spent = Rig.processorTime(peer.pids().get()).minus(before);
            long requests = Long.parseLong(group(H2LOAD_REQUESTS, output, 1));
            long[] micros = Files.readAllLines(log).stream().mapToLong(line -> Long.parseLong(line.split("\t")[2])).sorted().toArray();
            long bad = Files.readAllLines(log).stream().filter(line -> !line.split("\t")[1].startsWith("2")).count();
            return new Measured((double) requests / length.toSeconds(), spent.dividedBy(Math.max(1, requests)),
                    Duration.ofNanos(micros[micros.length / 2] * 1000), Duration.ofNanos(micros[(int) (micros.length * 0.99)] * 1000),
                    bad + Long.parseLong(group(H2LOAD_REQUESTS, output, 2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String group(Pattern pattern, String output, int group) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException("cannot read what the load generator said: " + output);
        }
        return matcher.group(group);
    }
}
