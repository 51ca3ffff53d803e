package reeve.run.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import reeve.base.Patience;
import reeve.base.os.Machine;
import reeve.base.os.OsException;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Failure;
import reeve.run.process.Preflight.Refused;
import reeve.run.process.Records.Identity;
import reeve.run.process.Records.Intent;
import reeve.run.supervise.Driver.Executed;

/// Runs a command in the place of a program that runs: what it has of environment, folder, user, rights, file system and cgroups is
/// read from `/proc`, so that it is the same for an adopted one.
record Errand(Shim shim, Map<String, String> inherited) {
    private static final String MARK = "REEVE_EXEC";

    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Executed run(Intent intent, Identity identity, List<String> command, Duration timeout, int output) {
        String mark = Machine.newName();
        try {
            var environment = new TreeMap<>(inherited);
            environment.putAll(Processes.environment(identity.pid()));
            environment.put(Records.COOKIE, identity.run());
            environment.put(MARK, mark);
            Path directory = Files.readSymbolicLink(Path.of("/proc/" + identity.pid() + "/cwd"));
            Path program = Preflight.program(command.getFirst(), environment.getOrDefault("PATH", ""), directory);
            Request request = Request.beside(identity.pid())
                    .joining(intent.limits().values())
                    .joining(identity.cgroup().stream().toList())
                    .as(identity.pid());
            Process process = shim.beside(identity.pid(), request.running(program, command, directory, environment));
            return converse(process, mark, timeout, output);
        } catch (Refused e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, e.getMessage());
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    private static Executed converse(Process process, String mark, Duration timeout, int most) throws IOException {
        var output = new Tail(most);
        var words = new Tail(4096);
        Thread reader = Thread.ofVirtual().name("output of a command").start(() -> output.readAll(process.getInputStream()));
        Thread listener = Thread.ofVirtual().name("end of a command").start(() -> words.readAll(process.getErrorStream()));
        boolean ended = false;
        try {
            ended = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (ended) {
                listener.join(Patience.SHORT);
                reader.join(Patience.SHORT); // what it left running may hold the output open
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                Patience.shortly(() -> killed(mark));
                process.destroyForcibly();
            }
        }
        String end = words.text().lines().findFirst().orElse("");
        if (end.startsWith("failed ")) {
            throw new Failure(Failure.Kind.UNAVAILABLE, end.substring("failed ".length()));
        }
        return new Executed(ended && !end.isEmpty() ? Optional.of(Records.exit(Fields.read(end))) : Optional.empty(), output.text());
    }

    /// Kills the command and all that it started, until none is left.
    private static boolean killed(String mark) {
        List<ProcessFacts> left = Processes.all(facts -> Processes.startedWith(facts.pid(), MARK + "=" + mark));
        for (ProcessFacts each : left) {
            try {
                Processes.signal(each.pid(), each.startTicks(), Processes.SIGKILL);
            } catch (OsException e) {
                return true; // it changed its user and the kernel refuses: nothing else can be done about it
            }
        }
        return left.isEmpty();
    }

    /// The last bytes of a stream.
    private static final class Tail {
        private final byte[] last;
        private long total;

        Tail(int most) {
            last = new byte[Math.max(1, most)];
        }

        void readAll(InputStream in) {
            byte[] block = new byte[8192];
            try {
                for (int count = in.read(block); count >= 0; count = in.read(block)) {
                    add(block, count);
                }
            } catch (IOException e) {
                return; // it was closed: what came before counts
            }
        }

        private synchronized void add(byte[] block, int count) {
            for (int i = 0; i < count; i++) {
                last[(int) (total++ % last.length)] = block[i];
            }
        }

        synchronized String text() {
            int start = total > last.length ? (int) (total % last.length) : 0;
            byte[] ordered = new byte[(int) Math.min(total, last.length)];
            for (int i = 0; i < ordered.length; i++) {
                ordered[i] = last[(start + i) % last.length];
            }
            return new String(ordered, StandardCharsets.UTF_8);
        }
    }
}
