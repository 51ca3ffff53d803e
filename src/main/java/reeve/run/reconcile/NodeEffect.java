package reeve.run.reconcile;

import java.util.Optional;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Instance;

/// What reconcile wants done.
sealed interface NodeEffect {

    /// Start an instance, from what was resolved for it.
    record Launch(InstanceId id, Resolution.Resolved resolved, int port, boolean fixedPort) implements NodeEffect {}

    /// An instance was to start, but something it needs is not known any more.
    record CannotLaunch(InstanceId id, String reason) implements NodeEffect {}

    /// Probe an instance from now on.
    record Probe(InstanceId id, Healthcheck healthcheck, Effect.Watch watch, Resolution.Resolved resolved,
            int port) implements NodeEffect {}

    /// Any other effect of an instance's machine.
    record Act(InstanceId id, Effect effect) implements NodeEffect {}

    /// An instance that is gone is forgotten: its record and its port.
    record Forget(InstanceId id) implements NodeEffect {}

    /// What people see of an instance changed: it goes into the journal.
    record Tell(InstanceId id, Instance before, Instance after) implements NodeEffect {}

    /// A service will not fall asleep after all.
    record StaysAwake(ServiceId service, String reason) implements NodeEffect {}

    /// A service that ends in order to sleep shall still be asleep after a restart of Reeve; empty: it shall not.
    record RememberSleep(ServiceId service, Optional<SleepKind> how) implements NodeEffect {}
}
