package reeve.run.supervise;

import java.time.Duration;
import reeve.model.Checks;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.Notification;
import reeve.model.RestartPolicy;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.StartLimits;
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
    /// @param drain  how long it may finish the requests it has before it is told to stop
    record Rest(InstanceState shown, String reason, Duration drain) implements Goal {
        public Rest(InstanceState shown, String reason) {
            this(shown, reason, Duration.ZERO);
        }
    }

    /// How an instance is run, as far as this machine must know.
    /// @param spec  digest of all that must be equal for a running instance to stay; a different one means replacing it
    /// @param drain how long it may finish the requests it has before it is replaced
    record Order(
            String spec,
            RestartPolicy restart,
            StartLimits limits,
            StopSignal stopSignal,
            Duration stopGrace,
            Duration drain,
            Healthcheck healthcheck,
            Checks checks,
            Notification notification) {

        /// An order of which nothing but the most common is said.
        public Order(String spec, RestartPolicy restart, StopSignal stopSignal, Duration stopGrace, Healthcheck healthcheck) {
            this(spec, restart, StartLimits.NONE, stopSignal, stopGrace, Duration.ZERO, healthcheck, Checks.NONE, Notification.NONE);
        }

        /// How a declared service's instances are run.
        public static Order of(ServiceSpec service, String spec) {
            Duration drain = service.routes().isEmpty() ? Duration.ZERO : service.rollout().drain();
            return new Order(spec, service.restart(), service.startLimits(), service.stopSignal(), service.stopGrace(), drain,
                    service.healthcheck(), service.checks(), service.notification());
        }

        /// The same, for an instance that was started from another declaration.
        public Order startedFrom(String other) {
            return new Order(other, restart, limits, stopSignal, stopGrace, drain, healthcheck, checks, notification);
        }

        /// For an instance that was found running and is no longer declared: enough to stop it.
        public static final Order UNDECLARED = new Order(
                "", new RestartPolicy.Never(), StopSignal.SIGTERM, ServiceSpec.DEFAULT_STOP_GRACE, Healthcheck.of(new Healthcheck.None()));
    }
}
