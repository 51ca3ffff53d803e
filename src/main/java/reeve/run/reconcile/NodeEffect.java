package reeve.run.reconcile;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.Workload;
import reeve.run.supervise.Effect;
import reeve.run.supervise.Instance;

/// What reconcile wants done.
sealed interface NodeEffect {

    /// Start an instance, from what was resolved for it.
    /// @param port its own on this machine; 0 for none
    record Launch(InstanceId id, AppSpec app, ServiceSpec spec, Resolution.Resolved resolved, int port) implements NodeEffect {}

    /// An instance was to start, but something it needs is not known any more.
    record CannotLaunch(InstanceId id, String reason) implements NodeEffect {}

    /// Probe an instance from now on.
    record Probe(InstanceId id, Healthcheck healthcheck, Effect.Watch watch, Resolution.Resolved resolved, Workload workload,
            int port) implements NodeEffect {}

    /// Any other effect of an instance's machine.
    record Act(InstanceId id, Effect effect) implements NodeEffect {}

    /// An instance that is gone is forgotten: its record and its port.
    record Forget(InstanceId id) implements NodeEffect {}

    /// What people see of an instance changed: it goes into the journal.
    record Tell(InstanceId id, Instance before, Instance after) implements NodeEffect {}

    /// Something worth an entry in the journal.
    record Note(String subject, String kind, String reason, Map<String, String> facts) implements NodeEffect {
        Note(String subject, String kind, String reason) {
            this(subject, kind, reason, Map.of());
        }
    }

    /// Send [NodeEvent.BreakerDue] after the delay.
    record SetBreakerTimer(long turn, Duration delay) implements NodeEffect {}

    /// A deploy is decided.
    record DeployOver(AppName app, int revision, Deploys.Verdict.Over verdict) implements NodeEffect {}

    /// A service will not fall asleep after all.
    record StaysAwake(ServiceId service, String reason) implements NodeEffect {}

    /// A service that ends in order to sleep shall still be asleep after a restart of Reeve; empty: it shall not.
    record RememberSleep(ServiceId service, Optional<SleepKind> how) implements NodeEffect {}
}
