package reeve.front.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reeve.base.Time;

/// Everything that a command takes from outside, so that tests can give it something else.
/// @param environment of the caller
/// @param directory   the caller's, for relative paths
/// @param colour      whether output goes to a terminal that wants colours
/// @param zone        in which people read times of day
/// @param named       the variables that a manifest's text names; nothing else of the environment is sent
/// @param keyboard    what the caller types on
/// @param interrupts  runs something when the user interrupts the program
public record Surroundings(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path directory,
        boolean colour,
        ZoneId zone,
        Time time,
        String version,
        Function<String, Set<String>> named,
        NodeServer server,
        Keyboard keyboard,
        Interrupts interrupts) {

    /// Tells of Ctrl-C and TERM.
    @FunctionalInterface
    public interface Interrupts {
        /// @return ends the watching; closing it twice does nothing
        Watch on(Runnable task);

        /// Ends without an exception.
        interface Watch extends AutoCloseable {
            @Override
            void close();
        }
    }

    /// An empty variable counts as none.
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    Path absolute(Path path) {
        return directory.resolve(path).toAbsolutePath().normalize();
    }
}
