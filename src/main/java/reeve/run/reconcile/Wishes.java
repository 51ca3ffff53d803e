package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.run.companion.Companion;
import reeve.run.companion.Companion.Wish;
import reeve.run.supervise.Driver;

/// What is wanted of companions, by the same rules as for instances: stopped by a user, gate closed, something missing, or running.
final class Wishes {
    private static final Path NO_LOG = Path.of("/dev/null"); // systemd's journal has it

    private final Launches launches;

    Wishes(Launches launches) {
        this.launches = launches;
    }

    /// Every companion that is declared. Blocks for IO: it reads env files and secrets.
    List<Companion> of(NodeState state) {
        var companions = new ArrayList<Companion>();
        state.apps().forEach((name, app) -> app.spec().companions().forEach(spec -> companions.add(of(state, name, app, spec))));
        return companions;
    }

    private Companion of(NodeState state, AppName name, App app, ServiceSpec spec) {
        InstanceId id = new ServiceId(name, spec.name()).instance(1);
        Optional<String> closed = Resolution.closed(spec.gate(), state.surroundings().facts());
        if (app.stoppedByUser(id)) {
            return new Companion(id, new Wish.Rest(InstanceState.STOPPED, "stopped by a user", false));
        }
        if (closed.isPresent()) {
            return new Companion(id, new Wish.Rest(InstanceState.DISABLED, closed.get(), false));
        }
        return new Companion(id, switch (Resolution.of(app.spec(), spec, id, state)) {
            case Resolution.Missing(String reason) -> new Wish.Rest(InstanceState.STOPPED, "cannot run it: " + reason, true);
            case Resolution.Unknown(String reason) -> new Wish.LeaveAlone(reason);
            case Resolution.Resolved resolved -> run(id, app, spec, resolved);
        });
    }

    private Wish run(InstanceId id, App app, ServiceSpec spec, Resolution.Resolved resolved) {
        try {
            Driver.Launch launch = launches.of(new NodeEffect.Launch(id, app.spec(), spec, resolved, spec.fixedPort()), NO_LOG);
            return launch.work() instanceof Driver.Work.Container work ? new Wish.Run(launch, work, spec.restart(), spec.stopGrace())
                    : new Wish.Rest(InstanceState.FAILED, "a companion must be a container", true);
        } catch (Failure e) {
            return new Wish.LeaveAlone(String.valueOf(e.getMessage()));
        }
    }
}
