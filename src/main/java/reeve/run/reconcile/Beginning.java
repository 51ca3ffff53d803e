package reeve.run.reconcile;

import static java.util.stream.Collectors.groupingBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reeve.model.AppName;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.RestartPolicy;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.reconcile.NodeState.Nap;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.run.supervise.Goal;
import reeve.run.supervise.Goal.Order;
import reeve.run.supervise.Instance;

/// The first decision of a Reeve, as part of [Reconciliation]: takes over what an earlier one left.
record Beginning(Reconciliation on) {

    void take(NodeEvent.Began began) {
        on.state = on.state.withSurroundings(began.surroundings()).withDeploys(began.deploys());
        var apps = new HashMap<AppName, App>();
        began.apps().forEach(app -> apps.put(app.spec().name(), app));
        on.state = on.state.withApps(apps);
        began.apps().forEach(on::unseen);
        began.asleep().forEach(this::fallenAsleep);
        for (Driver.Found found : began.found()) {
            if (found instanceof Driver.Found.Alive(InstanceId id, _, _, boolean suspended) && suspended) {
                fallenAsleep(id.service(), SleepKind.FREEZE);
            }
            if (!on.state.instances().containsKey(found.id())) {
                on.unseen(found.id());
            }
            new Striking(on).found(found.id());
        }
        on.state = on.state.withTimes(on.state.times().looked(on.now.wall())).resolved();
        Map<InstanceId, Goal> goals = Goals.of(on.state, _ -> true);
        Map<ServiceId, List<Driver.Found>> siblings = began.found().stream().collect(groupingBy(found -> found.id().service()));
        for (Driver.Found found : began.found()) {
            // what runs is judged by what is wanted of it, before anything is started
            Goal goal = switch (found) {
                case Driver.Found.Alive alive -> asFound(alive, aloneOr(found.id(), goals));
                case Driver.Found.Ended ended ->
                        asEnded(ended, on.held() || last(ended) ? aloneOr(found.id(), goals) : goals.get(found.id()));
            };
            on.put(found.id(), Instance.unseen(goal, on.now.wall()));
            switch (found) {
                case Driver.Found.Alive(InstanceId id, Driver.Run run, String spec, boolean suspended) ->
                        on.tell(id, new Event.FoundAlive(run, spec, suspended, proven(id, spec, siblings.get(id.service()))));
                case Driver.Found.Ended(InstanceId id, String spec, Exit exit) -> on.tell(id, new Event.FoundEnded(spec, exit));
            }
        }
    }

    /// One that was starting in the place of another may not have been healthy yet: that other still serves.
    private boolean proven(InstanceId id, String spec, List<Driver.Found> siblings) {
        return siblings.stream().noneMatch(other -> other instanceof Driver.Found.Alive(InstanceId sibling, _, String before, _)
                && !sibling.equals(id) && !before.equals(spec)
                && on.state.outdated(sibling, before) && !on.state.outdated(id, spec));
    }

    /// The goal of a found instance were it not for the order of starts: it has started already.
    private Goal aloneOr(InstanceId id, Map<InstanceId, Goal> goals) {
        return goals.get(id) instanceof Goal.Rest(InstanceState shown, _, _) && shown == InstanceState.STARTING ? Goals.alone(on.state, id)
                : goals.get(id);
    }

    /// What shall not run any more, or not yet otherwise, is first taken over as it is. Then it is stopped in its turn, and the way
    /// it was declared.
    private Goal asFound(Driver.Found.Alive found, Goal goal) {
        if (!(goal instanceof Goal.Rest) && !on.held() && !on.state.times().has(found.id().service())) {
            // whether it must be another one by now, and how that takes its place, is decided when all are known
            return goal instanceof Goal.Run(Order order) ? new Goal.Run(order.startedFrom(found.spec())) : goal;
        }
        Order undeclared = Order.UNDECLARED;
        Order order = on.state.spec(found.id().service())
                .map(spec -> Order.of(spec, found.spec()))
                .orElse(undeclared.startedFrom(found.spec()));
        return found.suspended() ? new Goal.Sleep(SleepKind.FREEZE, order) : new Goal.Run(order);
    }

    /// Whether this end is final: a one-shot need not wait for its turn to be done.
    private boolean last(Driver.Found.Ended found) {
        return on.state.spec(found.id().service()).map(spec -> switch (spec.restart()) {
            case RestartPolicy.Never() -> true;
            case RestartPolicy.OnFailure _ -> found.exit().success();
            case RestartPolicy.Always() -> false;
        }).orElse(false);
    }

    /// What has set times has had this one, however it is declared now.
    private Goal asEnded(Driver.Found.Ended found, Goal goal) {
        return goal instanceof Goal.Run(Order order) && on.state.times().has(found.id().service())
                ? new Goal.Run(order.startedFrom(found.spec())) : goal;
    }

    private void fallenAsleep(ServiceId service, SleepKind how) {
        if (on.sleeps(service)) {
            on.state = on.state.withNaps(Reconciliation.with(on.state.naps(), service, new Nap(how, "was asleep when Reeve started")));
        }
    }
}
