package reeve.front.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import reeve.base.journal.Journal;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.Healthcheck;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.NodeFacts;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.wire.ExplainAnswer;
import reeve.run.reconcile.Apps;

/// Why something is in its present state: what is seen, what it waits for, and what was decided last. Pure.
final class Explanation {
    private Explanation() {}

    /// @param facts   about the node, which gates ask
    /// @param sleep   one line on a service's sleep, for those that sleep
    /// @param wrote   the last line that an instance wrote to its log
    /// @param entries of the journal about the selected, oldest first
    static ExplainAnswer of(Selector selector, Apps.Snapshot snapshot, NodeFacts facts, Function<ServiceId, Optional<String>> sleep,
            BiFunction<InstanceStatus, Path, Optional<String>> wrote, List<Journal.Entry> entries) {
        List<InstanceStatus> instances = snapshot.instances().stream().filter(instance -> selector.covers(instance.id())).toList();
        Map<String, Path> logs = snapshot.app(selector.app()).map(Apps.AppStatus::logs).orElse(Map.of());
        var because = new ArrayList<String>();
        for (ServiceSpec service : Selected.services(selector, snapshot)) {
            var id = new ServiceId(selector.app(), service.name());
            List<InstanceStatus> own = instances.stream().filter(instance -> instance.id().service().equals(id)).toList();
            for (InstanceStatus instance : own) {
                because.add(instance.id() + " is " + instance.state().word() + ": " + reason(instance));
                unanswered(instance, service.healthcheck()).ifPresent(because::add);
                if (troubled(instance.state())) {
                    Optional.ofNullable(logs.get(instance.id().toString())).flatMap(log -> wrote.apply(instance, log))
                            .ifPresent(line -> because.add(instance.id() + " wrote last: " + line));
                }
            }
            scaled(snapshot, id).ifPresent(scale -> because.add(id + " is scaled to " + scale.replicas()
                    + ", as a user asked; its manifest says " + scale.declared()));
            if (own.isEmpty() && scaled(snapshot, id).isEmpty()) {
                because.add(id + " has no instances: "
                        + (service.replicas() == 0 ? "its manifest asks for 0 replicas" : "none has been made yet"));
            }
            service.dependsOn().forEach(dependency -> missing(id, dependency, snapshot).ifPresent(because::add));
            sleep.apply(id).ifPresent(line -> because.add(id + " sleeps when idle: " + line));
        }
        return new ExplainAnswer(selector.toString(), because, HeldBy.of(selector, snapshot, facts, sleep),
                instances.stream().map(instance -> Rows.instance(instance, snapshot)).toList(),
                entries.stream().map(Rows::entry).toList());
    }

    private static Optional<Apps.Scale> scaled(Apps.Snapshot snapshot, ServiceId id) {
        return snapshot.app(id.app()).flatMap(app -> Optional.ofNullable(app.scaled().get(id.service())));
    }

    /// What a program that runs has to do before it counts as started.
    private static Optional<String> unanswered(InstanceStatus instance, Healthcheck check) {
        if (instance.state() != InstanceState.STARTING || instance.pid().isEmpty()) {
            return Optional.empty();
        }
        String at = instance.address().map(Object::toString).orElse("its port");
        return switch (check.probe()) {
            case Healthcheck.None() -> Optional.empty();
            case Healthcheck.Http(var path, _) ->
                Optional.of(instance.id() + " runs, but does not answer GET " + path + " on " + at + " yet");
            case Healthcheck.Tcp() -> Optional.of(instance.id() + " runs, but does not listen on " + at + " yet");
            case Healthcheck.Exec _ -> Optional.of(instance.id() + " runs, but its health check has not passed yet");
        };
    }

    /// Whether what the program wrote may tell why.
    private static boolean troubled(InstanceState state) {
        return switch (state) {
            case STARTING, UNHEALTHY, BACKING_OFF, FAILED -> true;
            case RUNNING, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING, STOPPING, STOPPED, DISABLED, DONE, CONFLICT, UNKNOWN -> false;
        };
    }

    private static String reason(InstanceStatus instance) {
        return instance.reason().isEmpty() ? "no reason is known" : instance.reason();
    }

    /// What of a dependency is not as it should be.
    private static Optional<String> missing(ServiceId id, Dependency dependency, Apps.Snapshot snapshot) {
        var needed = new ServiceId(id.app(), dependency.service());
        List<InstanceStatus> instances = snapshot.instances().stream().filter(instance -> instance.id().service().equals(needed)).toList();
        if (instances.stream().anyMatch(instance -> fulfils(instance.state(), dependency.condition()))) {
            return Optional.empty();
        }
        String found = instances.isEmpty() ? "it has no instances" : instances.getFirst().id() + " is " + instances.getFirst().state()
                .word();
        return Optional.of(id + " depends on " + needed + " (" + dependency.condition().word() + "): " + found);
    }

    private static boolean fulfils(InstanceState state, Condition condition) {
        return switch (condition) {
            case COMPLETED -> state == InstanceState.DONE;
            case HEALTHY, STARTED -> switch (state) {
                case RUNNING, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING -> true;
                case STARTING, UNHEALTHY, DONE -> condition == Condition.STARTED;
                case STOPPING, STOPPED, DISABLED, BACKING_OFF, FAILED, CONFLICT, UNKNOWN -> false;
            };
        };
    }
}
