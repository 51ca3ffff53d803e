package reeve.model;

import java.time.Duration;
import java.util.List;

/// A command that goes with an instance's life. Its failure fails the start, where it comes before or right after it; a
/// failing one before or after a stop is told and stops nothing.
/// @param command with the service's environment and working directory; in a container inside it
/// @param timeout after which it is killed and has failed
public record Hook(Moment moment, Repeat repeat, List<Template> command, Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    public enum Moment {
        /// Before the program of a process starts; not for containers.
        PRE_START,
        POST_START, PRE_STOP,
        /// After its end; not for containers.
        POST_STOP;
    }

    public enum Repeat {
        /// At each start of each instance; it must be able to bear that.
        EACH_CREATE,
        /// Once for the service on this node, until its command changes.
        ONCE
    }

    public Hook {
        command = List.copyOf(command);
        Specs.positive("timeout", timeout);
    }
}
