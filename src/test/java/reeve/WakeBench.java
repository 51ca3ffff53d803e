package reeve;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import reeve.base.SystemTime;
import reeve.base.Waiting;
import reeve.model.Selector;
import reeve.testing.ReeveProcess;
import reeve.testing.StreamingServer;

/// What a wake from `freeze` adds to a request, measured through a real node: the same request to the same service, awake and
/// asleep in turn, over one kept connection. Run by `bench/wake`.
final class WakeBench {
    private static final Selector SERVICE = Selector.parse("bench/nap");
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: nap.localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private WakeBench() {}

    public static void main(String[] arguments) throws IOException {
        int wakes = Integer.parseInt(arguments[0]);
        Path folder = Files.createTempDirectory("reeve-wake");
        try (var reeve = new ReeveProcess(folder, List.of("-XX:+UseSerialGC", "-Xmx256m")); var time = new SystemTime()) {
            Path manifest = folder.resolve("reeve.yaml");
            Files.writeString(manifest, """
                    name: bench
                    services:
                      nap:
                        command: ["${java.home}/bin/java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", "%s", "%s", "${port}"]
                        route: { host: nap.localhost }
                        sleep: { after: 1h, how: freeze }
                    """.formatted(Path.of("target", "test-classes").toAbsolutePath(), StreamingServer.class.getName()));
            reeve.up("-f", manifest.toString());
            reeve.awaitState("bench/nap/1", "running");
            String address = reeve.httpAddress();
            var awake = new ArrayList<Long>();
            var asleep = new ArrayList<Long>();
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                for (int i = 0; i < 200; i++) {
                    request(socket, time); // both sides compile
                }
                for (int i = 0; i < wakes; i++) {
                    awake.add(request(socket, time));
                    reeve.client().sleep(SERVICE);
                    boolean slept = Waiting.until(time, Duration.ofMillis(2), Duration.ofSeconds(10),
                            () -> reeve.instance("bench/nap/1").state().equals("asleep"));
                    if (!slept) {
                        throw new IllegalStateException("cannot measure: the service does not fall asleep");
                    }
                    asleep.add(request(socket, time));
                }
            }
            System.out.printf(Locale.ROOT, "%-28s %10s %10s%n", wakes + " wakes from freeze", "p50", "p99");
            row("awake request", awake);
            row("request that wakes", asleep);
            var added = new ArrayList<Long>();
            for (int i = 0; i < wakes; i++) {
                added.add(asleep.get(i) - awake.get(i));
            }
            row("added by the wake", added);
        }
    }

    /// @return nanoseconds from the first byte sent to the last byte received
    private static long request(Socket socket, SystemTime time) throws IOException {
        long begun = time.nanos();
        socket.getOutputStream().write(REQUEST);
        InputStream in = socket.getInputStream();
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\nok") < 0) {
            int next = in.read();
            if (next < 0 || head.length() > 4096) {
                throw new IOException("cannot measure: the answer is " + head);
            }
            head.append((char) next);
        }
        return time.nanos() - begun;
    }

    private static void row(String what, List<Long> nanos) {
        var sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        System.out.printf(Locale.ROOT, "%-28s %7.2f ms %7.2f ms%n", what, millis(sorted, 50), millis(sorted, 99));
    }

    private static double millis(List<Long> sorted, int percentile) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percentile / 100)) / 1e6;
    }
}
