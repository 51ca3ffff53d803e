package reeve.run.reconcile;

import java.util.Optional;
import reeve.base.Counters;
import reeve.base.Metric;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;
import reeve.run.supervise.Phase.Aim;

/// What this room counts of services.
public final class ServiceCounters {
    /// Counted before the attempt, where it does not run yet (SUP-17).
    public static final Metric START_ATTEMPTS = Metric.of("reeve_service_start_attempts_total",
            "Attempts to start an instance, counted before the attempt, where it does not run.", "app", "service");
    /// Counted once for each run that is asked to end, however often it is signalled (SUP-17).
    public static final Metric STOP_ATTEMPTS = Metric.of("reeve_service_stop_attempts_total",
            "Attempts to stop an instance, counted where it runs, once however often it is signalled.", "app", "service");
    public static final Metric RESTARTS = Metric.of("reeve_service_restarts_total",
            "Runs that ended and are followed by another, by cause: crash, unhealthy, config (could not be started), changed, operator.",
            "app", "service", "cause");
    public static final Metric EVENTS = Metric.of("reeve_reconcile_events_total",
            "Events that the reconcile loop handled, by kind: pass (the periodic look at everything) or event.", "kind");
    public static final Metric SECONDS = Metric.of("reeve_reconcile_seconds_total",
            "Time that the reconcile loop took to decide about events and to begin the effects, by kind.", "kind");

    private ServiceCounters() {}

    static void startAttempt(Counters counters, InstanceId id) {
        count(counters, START_ATTEMPTS, id);
    }

    /// Counts what a change of an instance means, if anything.
    static void changed(Counters counters, InstanceId id, Instance before, Instance after) {
        if (after.phase() instanceof Phase.Stopping && !(before.phase() instanceof Phase.Stopping)) {
            count(counters, STOP_ATTEMPTS, id);
        }
        restart(before.phase(), after.phase()).ifPresent(cause ->
                counters.add(RESTARTS, id.service().app().value(), id.service().service().value(), cause));
    }

    /// Why another run follows, where one was just decided.
    private static Optional<String> restart(Phase before, Phase after) {
        Aim aim = before instanceof Phase.Stopping stopping ? stopping.aim()
                : before instanceof Phase.Draining draining ? draining.aim() : Aim.REST;
        if (after instanceof Phase.BackingOff && !(before instanceof Phase.BackingOff)) {
            return Optional.of(aim == Aim.UNHEALTHY ? "unhealthy" : before instanceof Phase.Launching ? "config" : "crash");
        }
        if (after instanceof Phase.Launching) {
            boolean operator = before instanceof Phase.Down down && down.shown() == InstanceState.REPLACING;
            return aim == Aim.REPLACE ? Optional.of("changed") : operator ? Optional.of("operator") : Optional.empty();
        }
        return Optional.empty();
    }

    /// Counts an event that was handled.
    static void handled(Counters counters, NodeEvent event, double seconds) {
        String kind = event instanceof NodeEvent.FullPass ? "pass" : "event";
        counters.add(EVENTS, kind);
        counters.add(SECONDS, seconds, kind);
    }

    private static void count(Counters counters, Metric metric, InstanceId id) {
        counters.add(metric, id.service().app().value(), id.service().service().value());
    }
}
