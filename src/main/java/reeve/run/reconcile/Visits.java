package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import reeve.base.Session;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Instance;
import reeve.run.supervise.Phase;

/// What people do with instances and services without changing what should be. On the caller's thread, beside the lanes: who
/// talks to an instance delays nothing that is done to it.
/// @param log the file an instance's output goes to
record Visits(Driver driver, Launches launches, Ports ports, Function<InstanceId, Path> log) {
    /// What a copy with another command is numbered; no instance has so high a number.
    private static final int COPY = 999_999;

    Session open(NodeState state, InstanceId id, Interaction interaction) {
        Instance instance = state.instances().get(id);
        if (instance == null) {
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find instance '" + id + "': there is none");
        }
        return driver.open(id, run(id, instance), interaction);
    }

    /// Runs a copy of a service, started like its instances, but on a port that nobody has.
    Session once(NodeState state, App app, ServiceId service, Apps.Copy copy) {
        ServiceSpec spec = app.spec().service(service.service()).orElseThrow();
        InstanceId id = service.instance(COPY);
        int port = spec.hasPort() ? ports.spare() : 0;
        var given = new HashMap<>(state.surroundings().ports());
        given.put(id, port);
        NodeState around = state.withSurroundings(state.surroundings().withPorts(given));
        return switch (Resolution.of(app.spec(), spec, id, around)) {
            case Resolution.Missing(String reason) -> throw cannot(service, reason);
            case Resolution.Unknown(String reason) -> throw cannot(service, reason);
            case Resolution.Resolved resolved -> {
                List<String> command = copy.command().isEmpty() ? resolved.command() : copy.command();
                Driver.Launch launch = launches.of(new NodeEffect.Launch(id, app.spec(), spec, resolved, port), log.apply(id));
                yield driver.once(id, launch, new Interaction(command, copy.environment(), copy.terminal()));
            }
        };
    }

    private static Failure cannot(ServiceId service, String reason) {
        return new Failure(Failure.Kind.CONFLICT, "cannot run a copy of " + service + ": " + reason);
    }

    /// What is known of the use of those that have a program, whatever their state.
    Map<InstanceId, Apps.Usage> usage(NodeState state, Predicate<InstanceId> wanted) {
        var usage = new TreeMap<InstanceId, Apps.Usage>();
        state.instances().forEach((id, instance) -> {
            if (wanted.test(id)) {
                instance.live().flatMap(live -> driver.usage(id, live.run()))
                        .ifPresent(used -> usage.put(id, new Apps.Usage(used.memory(), used.cpu(), used.processes())));
            }
        });
        return usage;
    }

    /// What would be suspended with it would never answer.
    private static Driver.Run run(InstanceId id, Instance instance) {
        return switch (instance.phase()) {
            case Phase.Starting starting -> starting.live().run();
            case Phase.Up up -> up.live().run();
            case Phase.Draining draining -> draining.live().run();
            case Phase.Stopping stopping -> stopping.live().run();
            case Phase.Freezing _, Phase.Frozen _, Phase.Thawing _ ->
                    throw not(id, instance, "; wake it first: reeve wake " + id.service());
            case Phase.Down _, Phase.BackingOff _, Phase.Launching _, Phase.Unknown _ -> throw not(id, instance, "");
        };
    }

    private static Failure not(InstanceId id, Instance instance, String advice) {
        return new Failure(Failure.Kind.CONFLICT, "cannot run a command in " + id + ": it is " + instance.shown().word() + advice);
    }
}
