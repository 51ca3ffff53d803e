package reeve.run.companion;

import java.time.Duration;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.run.supervise.Driver;

/// One declared companion, and what is wanted of it.
public record Companion(InstanceId id, Wish wish) {

    public sealed interface Wish {
        /// It runs. All templates are filled in, files and secrets read.
        /// @param work  a container
        record Run(Driver.Launch launch, Driver.Work.Container work, RestartPolicy restart, Duration stopGrace) implements Wish {}

        /// It does not run: its unit is stopped and taken away.
        /// @param failed whether that is so because something it needs is missing
        record Rest(InstanceState shown, String reason, boolean failed) implements Wish {}

        /// Something it needs cannot be looked up just now: it is left as it is.
        record LeaveAlone(String reason) implements Wish {}
    }
}
