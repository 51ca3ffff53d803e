package reeve.run.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import reeve.base.Time;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Spawns the little parent that each program gets, so that it outlives Reeve and its exit is known.
///
/// The request goes over a pipe to the spawned process, which ends as soon as the program runs: nothing of it is seen in
/// anybody's arguments, and neither a pipe nor a thread of this JVM stays with the program.
final class Shim {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int SPAWNS_AT_ONCE = 4; // each takes a thread of the JDK's while it lasts
    private static final String SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    /// What runs the shim on this machine.
    enum Interpreter {
        /// Tells every exit from every signal and reports why the kernel refused a program.
        PERL("shim.pl"),
        /// Where there is no perl; see the head of `shim.sh` for what it cannot do.
        SHELL("shim.sh");

        private final String script;

        Interpreter(String script) {
            this.script = script;
        }

        static Interpreter best() {
            boolean known = List.of("amd64", "aarch64").contains(System.getProperty("os.arch")); // whose system calls it has numbers of
            return known && Files.isExecutable(Path.of("/usr/bin/perl")) ? PERL : SHELL;
        }
    }

    /// What the shim said.
    sealed interface Answer {
        record Started() implements Answer {}

        record Failed(String reason) implements Answer {}

        /// It did not answer in time, or ended without a word: look into the folder.
        record Silent() implements Answer {}
    }

    private final Path script;
    private final Interpreter interpreter;
    private final Time time;
    private final Semaphore spawns = new Semaphore(SPAWNS_AT_ONCE);

    private Shim(Path script, Interpreter interpreter, Time time) {
        this.script = script;
        this.interpreter = interpreter;
        this.time = time;
    }

    /// Puts the script into the state folder (0500), unless exactly that is there.
    static Shim install(Path state, Interpreter interpreter, Time time) throws IOException {
        Path script = state.resolve(interpreter.script);
        try (InputStream resource = Shim.class.getResourceAsStream(interpreter.script)) {
            if (resource == null) {
                throw new IOException("this program lacks its " + interpreter.script);
            }
            byte[] wanted = resource.readAllBytes();
            if (!Files.isRegularFile(script, LinkOption.NOFOLLOW_LINKS)
                    || !Arrays.equals(Files.readAllBytes(script), wanted)) {
                Path temporary = Files.createTempFile(state, interpreter.script, ".new"); // 0600
                Files.write(temporary, wanted);
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r-x------"));
                Files.move(temporary, script, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return new Shim(script, interpreter, time);
    }

    Interpreter interpreter() {
        return interpreter;
    }

    /// Spawns a shim and waits until its program runs, or cannot.
    /// @throws IOException when the shim itself cannot be spawned
    Answer start(InstanceFolder folder, String run, String request) throws IOException {
        spawns.acquireUninterruptibly();
        try {
            Process process = spawn(folder, run);
            Runnable cancel = time.after(ANSWER_WITHIN, process::destroyForcibly);
            try {
                return converse(process, request);
            } finally {
                cancel.run();
                process.destroyForcibly();
            }
        } finally {
            spawns.release();
        }
    }

    private Process spawn(InstanceFolder folder, String run) throws IOException {
        List<String> command = command();
        command.add(folder.path().toString());
        var builder = new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put(Records.COOKIE, run);
        builder.environment().put("PATH", SYSTEM_PATH);
        return builder.start();
    }

    /// Spawns a shim that runs a command in the place of a program and ends with it.
    /// @return its output is the command's; what it says on standard error is how that ended
    Process beside(long pid, String request) throws IOException {
        var command = command();
        command.addAll(List.of("/", "beside", Long.toString(pid)));
        var builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", SYSTEM_PATH);
        spawns.acquireUninterruptibly();
        try {
            Process process = builder.start();
            try (OutputStream out = process.getOutputStream()) {
                out.write(request.getBytes(UTF_8));
            } catch (IOException e) {
                process.destroyForcibly();
                throw e;
            }
            return process;
        } finally {
            spawns.release();
        }
    }

    private List<String> command() {
        return new ArrayList<>(List.of(interpreter == Interpreter.PERL ? "/usr/bin/perl" : "/bin/sh", script.toString()));
    }

    private static Answer converse(Process process, String request) throws IOException {
        try (OutputStream out = process.getOutputStream()) {
            out.write(request.getBytes(UTF_8));
        } catch (IOException e) {
            return new Answer.Silent(); // it died while it read
        }
        String answer;
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            answer = in.readLine();
        }
        waitFor(process);
        if (answer == null) {
            return new Answer.Silent();
        }
        return answer.startsWith("failed ") ? new Answer.Failed(answer.substring(7)) : new Answer.Started();
    }

    private static void waitFor(Process process) {
        try {
            process.waitFor(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
