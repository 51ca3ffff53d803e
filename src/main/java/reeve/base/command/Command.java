package reeve.base.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reeve.base.os.OsException;
import reeve.base.os.Processes;

/// A program to run once.
/// @param arguments   program and arguments, never through a shell
/// @param environment exactly what it gets
/// @param within      it is killed, with all that it started, when it takes longer
/// @param mostOutput  bytes of its output that are kept; the rest is read and dropped
public record Command(List<String> arguments, Map<String, String> environment, Path workingDirectory, Duration within, int mostOutput) {

    /// How it went.
    public sealed interface Outcome {
        /// @param output standard output and standard error as they came, cut to the bound
        record Ended(int exitCode, String output) implements Outcome {}

        record TimedOut() implements Outcome {}

        /// It could not be started.
        record Failed(String reason) implements Outcome {}
    }

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("cannot run a command without a program");
        }
    }

    /// Runs it and waits for its end. The program leads a session of its own, so that the deadline ends its whole group.
    public Outcome run() {
        var words = new ArrayList<>(List.of("setsid", "--"));
        words.addAll(arguments);
        var builder = new ProcessBuilder(words).directory(workingDirectory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
        var output = new CompletableFuture<String>();
        Thread.ofVirtual().name("output of " + arguments.getFirst()).start(() -> output.complete(read(process.getInputStream())));
        try {
            if (!process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.TimedOut();
            }
            killGroup(process); // what it left behind may hold its output open
            return new Outcome.Ended(process.exitValue(), output.get(1, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            return new Outcome.Ended(process.exitValue(), ""); // a daemon of its own session holds the output open
        } catch (ExecutionException e) {
            throw new AssertionError(e); // the reader catches all it expects
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Failed("interrupted");
        } finally {
            killGroup(process);
        }
    }

    /// Not [Process#destroyForcibly] for a program that ended: it would also close the output that is still being read.
    private static void killGroup(Process process) {
        try {
            Processes.signalGroup(process.pid(), Processes.SIGKILL);
        } catch (OsException e) {
            // it changed its user and the kernel refuses: nothing else can be done about it
        }
        if (process.isAlive()) {
            process.destroyForcibly(); // in the instant before it leads a group
        }
    }

    private String read(InputStream in) {
        try (in) {
            byte[] kept = in.readNBytes(mostOutput);
            in.transferTo(OutputStream.nullOutputStream()); // a program whose output nobody takes would stand still
            return new String(kept, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // it was killed while it wrote
        }
    }
}
