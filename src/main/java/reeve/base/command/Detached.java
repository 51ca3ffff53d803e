package reeve.base.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program that was started to outlive this one: it leads a session of its own, so that neither this terminal nor this
/// process takes it along, reads nothing, and appends its output to a file.
/// @param process which is the program itself
public record Detached(Process process) {

    /// @param words program and arguments; it gets this process's environment
    /// @param log   is there already
    public static Detached start(List<String> words, Path log) throws IOException {
        var all = new ArrayList<>(List.of("setsid", "--"));
        all.addAll(words);
        return new Detached(new ProcessBuilder(all)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true)
                .start());
    }
}
