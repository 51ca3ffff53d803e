package reeve.base.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import reeve.base.PrivateFiles;

/// A program that outlives this process: it leads a session of its own, reads nothing, and appends its output to a file.
public record Detached(Process process) {

    /// Starts it with this process's environment and working directory. Any thread.
    /// @param arguments program and arguments, never through a shell
    /// @param log       made where it is missing, for the owner only, with its folder
    /// @throws IOException where the log cannot be trusted or the program not be started
    public static Detached start(List<String> arguments, Path log) throws IOException {
        return start(arguments, Path.of(""), log);
    }

    /// Likewise, in a working directory that is there.
    public static Detached start(List<String> arguments, Path directory, Path log) throws IOException {
        Path folder = log.toAbsolutePath().getParent();
        if (folder != null) {
            PrivateFiles.folder(folder);
        }
        PrivateFiles.file(log);
        var words = new ArrayList<>(List.of("setsid", "--"));
        words.addAll(arguments);
        var appended = ProcessBuilder.Redirect.appendTo(log.toFile());
        return new Detached(new ProcessBuilder(words)
                .directory(directory.toAbsolutePath().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(appended)
                .redirectError(appended)
                .start());
    }

    /// Starts a program that is nobody's child but init's, with this process's output, environment and working directory. Returns when
    /// it has been started; what becomes of it is not told.
    /// @param arguments program and arguments, never through a shell
    /// @param without   variables that it does not get
    public static void startOrphan(List<String> arguments, Set<String> without) throws IOException {
        var words = new ArrayList<>(List.of("sh", "-c", "setsid -- \"$@\" &", "sh"));
        words.addAll(arguments);
        var builder = new ProcessBuilder(words).redirectInput(Path.of("/dev/null").toFile()).redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeAll(without);
        try {
            int status = builder.start().waitFor();
            if (status != 0) {
                throw new IOException("the shell ended with " + status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a program was started", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /// @throws IllegalThreadStateException while it is alive
    public int exitCode() {
        return process.exitValue();
    }
}
