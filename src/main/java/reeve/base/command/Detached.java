package reeve.base.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /// Starts a program that is nobody's child but init's, with this process's error output, environment and working directory.
    /// @param arguments program and arguments, never through a shell
    /// @param without   variables that it does not get
    /// @return its process, which may have ended already
    public static long startOrphan(List<String> arguments, Set<String> without) throws IOException {
        var words = new ArrayList<>(List.of("sh", "-c", "setsid -- \"$@\" >&2 & echo $!", "sh"));
        words.addAll(arguments);
        var builder = new ProcessBuilder(words).redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeAll(without);
        try {
            Process shell = builder.start();
            String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            int status = shell.waitFor();
            if (status != 0 || !pid.matches("[0-9]{1,18}")) {
                throw new IOException("the shell that was to start it ended with " + status);
            }
            return Long.parseLong(pid);
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
