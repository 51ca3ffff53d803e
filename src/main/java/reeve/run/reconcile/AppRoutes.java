package reeve.run.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.AppRoute;
import reeve.model.InstanceState;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Instance;
import reeve.serve.route.Route;
import reeve.serve.route.Route.Availability;
import reeve.serve.route.Route.Target;

/// The routes that the apps of this node declare, with the instances behind them as they are now: the source "apps". Pure.
final class AppRoutes {
    static final String SOURCE = "apps";

    private AppRoutes() {}

    static List<Route> of(NodeState state) {
        var routes = new ArrayList<Route>();
        for (App app : state.apps().values()) {
            for (ServiceSpec spec : app.spec().services()) {
                if (!spec.routes().isEmpty()) {
                    Route.ToService destination = destination(state, new ServiceId(app.spec().name(), spec.name()), spec);
                    for (RouteSpec route : spec.routes()) {
                        routes.add(new Route(route, destination));
                    }
                }
            }
            for (AppRoute route : app.spec().routes()) {
                routes.add(Route.of(route));
            }
        }
        return routes;
    }

    private static Route.ToService destination(NodeState state, ServiceId service, ServiceSpec spec) {
        var instances = new ArrayList<Instance>();
        var targets = new ArrayList<Target>();
        state.allOf(service).forEach((id, instance) -> {
            if (!state.retiring().containsKey(id)) {
                instances.add(instance);
            }
            int port = state.port(id);
            if (port != 0) {
                targets.add(new Target(id, Address.loopback(port), shown(instance),
                        state.drained(id) ? 0 : 1, spec.balance().tls()));
            }
        });
        return new Route.ToService(service, spec.sleep() instanceof SleepSpec.WhenIdle, availability(state, service, instances), targets,
                spec.balance());
    }

    /// What served when its runtime fell silent still does, as far as anybody knows.
    private static InstanceState shown(Instance instance) {
        return instance.serves() ? InstanceState.RUNNING : instance.shown();
    }

    private static Availability availability(NodeState state, ServiceId service, List<Instance> instances) {
        Optional<String> maintenance = state.maintenance(service);
        if (maintenance.isPresent()) {
            return new Availability.Maintenance(maintenance.get());
        }
        if (instances.isEmpty()) {
            return new Availability.Down(InstanceState.STOPPED, "no replicas are declared");
        }
        if (instances.stream().allMatch(AppRoutes::outOfService)) {
            Instance first = instances.getFirst();
            String reason = first.goal() instanceof Goal.Rest rest ? rest.reason() : first.reason();
            return new Availability.Down(first.shown(), reason);
        }
        boolean asleep = state.naps().containsKey(service)
                || instances.stream().noneMatch(Instance::serves)
                && instances.stream()
                        .anyMatch(instance -> instance.shown() == InstanceState.ASLEEP || instance.shown() == InstanceState.WAKING);
        return asleep ? new Availability.Asleep() : new Availability.Serving();
    }

    /// Whether an instance takes no requests until somebody acts: it is not merely on its way up.
    private static boolean outOfService(Instance instance) {
        return switch (shown(instance)) {
            case STOPPING, STOPPED, DISABLED, FAILED, DONE, CONFLICT, UNKNOWN -> true;
            case STARTING, RUNNING, UNHEALTHY, REPLACING, FALLING_ASLEEP, ASLEEP, WAKING, BACKING_OFF -> false;
        };
    }
}
