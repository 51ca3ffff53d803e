package reeve.run.supervise;

import java.time.Duration;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.StopSignal;

/// What is wanted of an instance at present. Reconcile sets it; the machine works towards it.
public sealed interface Goal {

    /// It runs as ordered.
    record Run(Order order) implements Goal {}

    /// It exists but rests: frozen, or ended until it is woken.
    record Sleep(SleepKind how, Order order) implements Goal {}

    /// It does not run.
    /// @param shown  the state people see once it is down
    /// @param reason why it shall not run
    record Rest(InstanceState shown, String reason) implements Goal {}

    /// How an instance is run, as far as this machine must know.
    /// @param spec digest of all that must be equal for a running instance to stay; a different one means replacing it
    record Order(String spec, RestartPolicy restart, StopSignal stopSignal, Duration stopGrace, Healthcheck healthcheck) {

        /// For an instance that was found running and is no longer declared: enough to stop it.
        public static final Order UNDECLARED = new Order(
                "", new RestartPolicy.Never(), StopSignal.SIGTERM, ServiceSpec.DEFAULT_STOP_GRACE, Healthcheck.of(new Healthcheck.None()));
    }
}
