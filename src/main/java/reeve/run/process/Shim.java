package reeve.run.process;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import reeve.base.Durations;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.command.Conversation;
import reeve.base.command.Conversation.Afterwards;
import reeve.base.os.PseudoTerminal;
import reeve.model.Interaction.Terminal;
import reeve.run.process.Preflight.Refused;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Spawns the little parent that each program gets, so that it outlives Reeve and its exit is known.
///
/// The request goes over a pipe to the spawned process, which ends as soon as the program runs: nothing of it is seen in
/// anybody's arguments, and neither a pipe nor a thread of this JVM stays with the program. A command that ends with Reeve gets no
/// such parent: the spawned process becomes it.
///
/// A shim has 0.6 MB of its own in perl, of which perl itself takes three quarters, and 0.2 MB in sh. In either it holds no file,
/// no pipe and no page of the program's.
final class Shim {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int SPAWNS_AT_ONCE = 4; // each takes a thread of the JDK's while it lasts
    private static final int LONGEST_ANSWER = 4096;
    private static final String FAILED = "failed ";
    private static final String SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    /// What runs the shim on this machine.
    enum Interpreter {
        /// Tells every exit from every signal and reports why the kernel refused a program.
        PERL("/usr/bin/perl", "shim.pl"),
        /// Where there is no perl; see the head of `shim.sh` for what it cannot do.
        SHELL("/bin/sh", "shim.sh");

        private final String program;
        private final String script;

        Interpreter(String program, String script) {
            this.program = program;
            this.script = script;
        }

        static Interpreter best() {
            boolean known = List.of("amd64", "aarch64").contains(System.getProperty("os.arch")); // whose system calls it has numbers of
            return known && Files.isExecutable(Path.of(PERL.program)) ? PERL : SHELL;
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

    /// Whether it can pass on variables whose names are no identifiers.
    boolean anyName() {
        return interpreter == Interpreter.PERL;
    }

    /// Spawns a shim and waits until its program runs, or cannot.
    /// @throws IOException when the shim itself cannot be spawned
    Answer start(InstanceFolder folder, String run, Request request) throws IOException {
        spawns.acquireUninterruptibly();
        try {
            Process process = builder(run, folder.path().toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
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

    private ProcessBuilder builder(String run, String... arguments) {
        var words = new ArrayList<>(List.of(interpreter.program, script.toString()));
        words.addAll(List.of(arguments));
        var builder = new ProcessBuilder(words).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put(Records.COOKIE, run);
        builder.environment().put("PATH", SYSTEM_PATH);
        return builder;
    }

    /// Spawns a shim that becomes a command, and waits until it has; the command leads a session of its own.
    /// @param run     that it belongs to
    /// @param within  which it must
    /// @return it: the streams are the command's from here on
    /// @throws Refused with the reason why it cannot
    Process command(String run, Request request, Duration within) throws IOException, Refused {
        Process process = spawn(builder(run, "/", "command"));
        String answer = "";
        try {
            write(process, request);
            answer = line(process.getErrorStream(), within);
        } finally {
            if (!answer.equals("started")) {
                process.destroyForcibly();
            }
        }
        if (!answer.equals("started")) {
            throw new Refused(answer.startsWith(FAILED) ? answer.substring(FAILED.length()) : "it did not begin: " + answer);
        }
        return process;
    }

    private Process spawn(ProcessBuilder builder) throws IOException {
        spawns.acquireUninterruptibly();
        try {
            return builder.start();
        } finally {
            spawns.release();
        }
    }

    private static void write(Process process, Request request) throws IOException {
        process.getOutputStream().write(request.toString().getBytes(UTF_8));
        process.getOutputStream().flush(); // not closed: what comes next is for the command
    }

    /// The first line of a stream, and not a byte more. What is joined may be frozen, and then nothing comes.
    private String line(InputStream in, Duration within) {
        var line = new CompletableFuture<String>();
        Thread.ofVirtual().name("answer of a shim").start(() -> {
            var bytes = new ByteArrayOutputStream();
            try {
                for (int next = in.read(); next >= 0 && next != '\n' && bytes.size() < LONGEST_ANSWER; next = in.read()) {
                    bytes.write(next);
                }
                line.complete(bytes.toString(UTF_8));
            } catch (IOException e) {
                line.complete("its shim was killed");
            }
        });
        Runnable cancel = time.after(within, () -> line.complete("not within " + Durations.words(within)));
        try {
            return line.join();
        } finally {
            cancel.run();
        }
    }

    /// A [#command] that somebody talks to, over pipes or over a terminal.
    /// @param afterwards does nothing where this throws
    Session talk(String run, Request request, Optional<Terminal> wanted, Afterwards afterwards) throws IOException, Refused {
        if (wanted.isEmpty()) {
            return Conversation.with(command(run, request, ANSWER_WITHIN), Optional.empty(), afterwards);
        }
        PseudoTerminal terminal = PseudoTerminal.open(wanted.get().rows(), wanted.get().columns());
        try {
            Process process = command(run, request.onTerminal(terminal.device()), ANSWER_WITHIN);
            return Conversation.with(process, Optional.of(terminal), afterwards);
        } catch (IOException | Refused e) {
            terminal.close();
            throw e;
        }
    }

    private static Answer converse(Process process, Request request) throws IOException {
        try (OutputStream out = process.getOutputStream()) {
            out.write(request.toString().getBytes(UTF_8));
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
        return answer.startsWith(FAILED) ? new Answer.Failed(answer.substring(FAILED.length())) : new Answer.Started();
    }

    private static void waitFor(Process process) {
        try {
            process.waitFor(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
