package reeve.run.reconcile;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.serve.route.Route;
import reeve.serve.route.RouteSources;
import reeve.sleep.Observed;
import reeve.sleep.SleepInbox;

/// Tells the rooms beside this one what changed: first the proxy its routes, then the sleep room what it may conclude from
/// them. Says nothing twice. Used by the loop's thread only.
final class Neighbours {
    private final RouteSources routes;
    private final SleepInbox sleep;
    private final Map<ServiceId, SleepSpec.WhenIdle> sleepers = new HashMap<>();
    private final Map<ServiceId, Observed> told = new HashMap<>();
    private List<Route> published = List.of();

    Neighbours(RouteSources routes, SleepInbox sleep) {
        this.routes = routes;
        this.sleep = sleep;
    }

    void tell(NodeEvent event, NodeState before, NodeState after, List<NodeEffect> effects) {
        if (before.apps() != after.apps() || before.instances() != after.instances() || before.naps() != after.naps()
                || before.surroundings() != after.surroundings()) {
            publish(after);
        }
        if (before.apps() != after.apps()) {
            declare(after);
        }
        switch (event) {
            // a wish is answered even where the answer is what was said last
            case NodeEvent.SleepWanted wanted -> told.remove(wanted.service());
            case NodeEvent.RunningWanted wanted -> told.remove(wanted.service());
            case NodeEvent.Began _, NodeEvent.Declared _, NodeEvent.Dropped _, NodeEvent.StartAsked _, NodeEvent.RestartAsked _,
                    NodeEvent.OfInstance _, NodeEvent.PortMoved _, NodeEvent.InputsSeen _, NodeEvent.DeployLate _,
                            NodeEvent.FactsChanged _, NodeEvent.ProxyListens _, NodeEvent.TimesCame _,
                            NodeEvent.BreakerDue _, NodeEvent.FullPass _ -> { }
        }
        for (NodeEffect effect : effects) {
            if (effect instanceof NodeEffect.StaysAwake(ServiceId service, String reason) && sleepers.containsKey(service)
                    && !(told.get(service) instanceof Observed.Asleep)) {
                sleep.observed(service, new Observed.SleepFailed(reason));
            }
        }
        if (before == after && told.keySet().containsAll(sleepers.keySet())) {
            return; // nobody would hear anything new
        }
        for (ServiceId service : sleepers.keySet()) {
            Observed now = Observation.of(after, service);
            if (!now.equals(told.put(service, now))) {
                sleep.observed(service, now);
            }
        }
    }

    private void publish(NodeState state) {
        List<Route> next = AppRoutes.of(state);
        if (!next.equals(published)) {
            routes.publish(AppRoutes.SOURCE, next);
            published = next;
        }
    }

    private void declare(NodeState state) {
        var present = new HashMap<ServiceId, SleepSpec.WhenIdle>();
        state.apps().forEach((name, app) -> {
            for (ServiceSpec spec : app.spec().services()) {
                if (spec.sleep() instanceof SleepSpec.WhenIdle idle) {
                    present.put(new ServiceId(name, spec.name()), idle);
                }
            }
        });
        for (ServiceId service : new HashSet<>(sleepers.keySet())) {
            if (!present.containsKey(service)) {
                sleepers.remove(service);
                told.remove(service);
                sleep.forgotten(service);
            }
        }
        present.forEach((service, idle) -> {
            if (!idle.equals(sleepers.put(service, idle))) {
                sleep.declared(service, idle);
            }
        });
    }
}
