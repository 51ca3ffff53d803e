package reeve.base.command;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import reeve.base.Session;
import reeve.base.os.OsException;
import reeve.base.os.Processes;
import reeve.base.os.PseudoTerminal;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A program of this machine that somebody talks to: over pipes, or over a terminal of its own. It leads a session of its own.
public final class Conversation implements Session {
    private static final long GRACE_SECONDS = 2;

    private final Process process;
    private final Optional<PseudoTerminal> terminal;
    private final Afterwards afterwards;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// What comes when the program has ended.
    public interface Afterwards {
        /// What is said after all that the program wrote, in lines; empty for nothing. Before [#run].
        /// @param code as of [Session#await]
        default String words(int code) {
            return "";
        }

        /// Called once, when the session is closed and the program has ended.
        void run();
    }

    private Conversation(Process process, Optional<PseudoTerminal> terminal, Afterwards afterwards) {
        this.process = process;
        this.terminal = terminal;
        this.afterwards = afterwards;
    }

    /// @param process  leads a session of its own; where there is a terminal that is its only stream
    /// @param terminal empty for pipes; goes with the session
    public static Conversation with(Process process, Optional<PseudoTerminal> terminal, Afterwards afterwards) throws IOException {
        if (terminal.isPresent()) {
            process.getOutputStream().close();
        }
        return new Conversation(process, terminal, afterwards);
    }

    /// @param arguments   program and arguments, never through a shell
    /// @param environment exactly what it gets
    /// @param terminal    empty for pipes; goes with the session
    /// @throws IOException where it cannot be started; the terminal is closed then, and nothing comes afterwards
    public static Conversation begin(List<String> arguments, Map<String, String> environment, Path directory,
            Optional<PseudoTerminal> terminal, Afterwards afterwards) throws IOException {
        var words = new ArrayList<>(List.of("setsid"));
        terminal.ifPresent(_ -> words.add("--ctty"));
        words.add("--");
        words.addAll(arguments);
        var builder = new ProcessBuilder(words).directory(directory.toFile());
        terminal.map(own -> own.device().toFile()).ifPresent(device -> builder
                .redirectInput(device).redirectOutput(device).redirectError(device));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new Conversation(builder.start(), terminal, afterwards);
        } catch (IOException e) {
            terminal.ifPresent(PseudoTerminal::close);
            throw e;
        }
    }

    @Override
    public OutputStream in() {
        return terminal.map(PseudoTerminal::out).orElseGet(process::getOutputStream);
    }

    @Override
    public InputStream out() {
        return terminal.map(own -> followed(own.in())).orElseGet(process::getInputStream);
    }

    @Override
    public InputStream err() {
        return terminal.isPresent() ? InputStream.nullInputStream() : followed(process.getErrorStream());
    }

    private InputStream followed(InputStream in) {
        return new SequenceInputStream(new Enumeration<>() {
            private int given;

            @Override
            public boolean hasMoreElements() {
                return given < 2;
            }

            @Override
            public InputStream nextElement() {
                return given++ == 0 ? in : new ByteArrayInputStream(lastWords().getBytes(UTF_8));
            }
        });
    }

    private String lastWords() {
        try {
            String words = afterwards.words(await());
            return terminal.isPresent() ? words.replace("\n", "\r\n") : words;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void resize(int rows, int columns) {
        terminal.ifPresent(own -> own.resize(rows, columns));
    }

    @Override
    public int await() throws InterruptedException {
        return process.waitFor(); // 128 and the signal's number, also of the JDK
    }

    @Override
    public void close() {
        try {
            if (process.isAlive() && !endsAfter(Processes.SIGTERM) && !endsAfter(Processes.SIGKILL)) {
                process.destroyForcibly();
            }
        } finally {
            terminal.ifPresent(PseudoTerminal::close);
            if (closed.compareAndSet(false, true)) {
                afterwards.run();
            }
        }
    }

    private boolean endsAfter(int signal) {
        try {
            Processes.signalGroup(process.pid(), signal);
            return process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (OsException e) {
            return false; // it changed its user and the kernel refuses
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
