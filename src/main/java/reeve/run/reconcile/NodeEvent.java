package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;

/// What reconcile is told. Acts of users are durable before they arrive here.
sealed interface NodeEvent {

    /// Reeve has started: what is declared, which services slept, and what the drivers found.
    record Began(List<App> apps, Map<AppName, Deploy> deploys, Map<ServiceId, SleepKind> asleep, List<Driver.Found> found,
            Surroundings surroundings) implements NodeEvent {}

    /// An app was declared, or its declaration or stops changed.
    /// @param deploy where it must prove itself; empty for a declaration that simply holds
    record Declared(App declared, Map<InstanceId, Integer> ports, Optional<Deploy> deploy) implements NodeEvent {
        Declared(App declared, Map<InstanceId, Integer> ports) {
            this(declared, ports, Optional.empty());
        }
    }

    /// The time of a deploy is over.
    record DeployLate(AppName deployed, int revision) implements NodeEvent {}

    record Dropped(AppName dropped) implements NodeEvent {}

    /// A user started what is selected: failures are forgotten.
    record StartAsked(App started, Selector selector) implements NodeEvent {}

    /// A user restarts what is selected; what was stopped starts too.
    record RestartAsked(App restarted, Selector selector) implements NodeEvent {}

    record SleepWanted(ServiceId service, SleepKind how, String why) implements NodeEvent {}

    record RunningWanted(ServiceId service, String why) implements NodeEvent {}

    /// Something happened to one instance.
    record OfInstance(InstanceId id, Event event) implements NodeEvent {}

    /// The port picked for an instance was taken by somebody else, and another was picked.
    record PortMoved(InstanceId id, int port) implements NodeEvent {}

    /// The files that services are started with were looked at.
    record InputsSeen(Map<Path, Surroundings.Input> inputs) implements NodeEvent {}

    /// The node's configuration changed.
    record FactsChanged(NodeFacts facts) implements NodeEvent {}

    /// The node's proxy began to listen.
    record ProxyListens(Address address) implements NodeEvent {}

    /// Services that are started at set times may be due.
    record TimesCame() implements NodeEvent {}

    /// A timer of the breaker.
    record BreakerDue(long turn) implements NodeEvent {}

    /// The periodic look at everything, in case an event was lost. The first one ends what holds starts and stops back.
    record FullPass() implements NodeEvent {}

    /// The one app that it concerns; empty where it may concern all.
    default Optional<AppName> app() {
        return switch (this) {
            case Declared declared -> Optional.of(declared.declared().spec().name());
            case Dropped dropped -> Optional.of(dropped.dropped());
            case DeployLate late -> Optional.of(late.deployed());
            case StartAsked(App started, Selector _) -> Optional.of(started.spec().name());
            case RestartAsked(App restarted, Selector _) -> Optional.of(restarted.spec().name());
            case SleepWanted(ServiceId service, SleepKind _, String _) -> Optional.of(service.app());
            case RunningWanted(ServiceId service, String _) -> Optional.of(service.app());
            case OfInstance(InstanceId id, Event _) -> Optional.of(id.service().app());
            case Began _, PortMoved _, InputsSeen _, FactsChanged _, ProxyListens _, TimesCame _, BreakerDue _, FullPass _ -> Optional.empty();
        };
    }
}
