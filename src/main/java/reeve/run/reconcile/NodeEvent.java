package reeve.run.reconcile;

import java.util.List;
import java.util.Map;
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
    record Began(List<App> apps, Map<ServiceId, SleepKind> asleep, List<Driver.Found> found,
            Surroundings surroundings) implements NodeEvent {}

    /// An app was declared, or its declaration or stops changed.
    record Declared(App app, Map<InstanceId, Integer> ports) implements NodeEvent {}

    record Dropped(AppName app) implements NodeEvent {}

    /// A user started what is selected: failures are forgotten.
    record StartAsked(App app, Selector selector) implements NodeEvent {}

    /// A user restarts what is selected; what was stopped starts too.
    record RestartAsked(App app, Selector selector) implements NodeEvent {}

    record SleepWanted(ServiceId service, SleepKind how, String why) implements NodeEvent {}

    record RunningWanted(ServiceId service, String why) implements NodeEvent {}

    /// Something happened to one instance.
    record OfInstance(InstanceId id, Event event) implements NodeEvent {}

    /// The port picked for an instance was taken by somebody else, and another was picked.
    record PortMoved(InstanceId id, int port) implements NodeEvent {}

    /// The node's configuration changed.
    record FactsChanged(NodeFacts facts) implements NodeEvent {}

    /// The node's proxy began to listen.
    record ProxyListens(Address address) implements NodeEvent {}

    /// The periodic look at everything, in case an event was lost. The first one ends what holds starts and stops back.
    record FullPass() implements NodeEvent {}
}
