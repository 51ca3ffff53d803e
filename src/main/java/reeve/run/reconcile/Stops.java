package reeve.run.reconcile;

import java.util.ArrayList;
import java.util.List;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;

/// Arithmetic of selectors: what stays stopped of one when another is started.
final class Stops {
    private Stops() {}

    /// The parts of `stop` that `start` does not cover, as few selectors as possible.
    static List<Selector> without(Selector stop, Selector start, AppSpec spec) {
        return switch (stop) {
            case Selector.App(AppName app) -> switch (start) {
                case Selector.App _ -> List.of();
                case Selector.Service _, Selector.Instance _ -> spec.services().stream()
                        .flatMap(service -> without(new Selector.Service(new ServiceId(app, service.name())), start, spec).stream())
                        .toList();
            };
            case Selector.Service(ServiceId service) -> switch (start) {
                case Selector.App _ -> List.of();
                case Selector.Service(ServiceId other) -> other.equals(service) ? List.of() : List.of(stop);
                case Selector.Instance(InstanceId instance) -> instance.service().equals(service) ? siblings(instance, spec)
                        : List.of(stop);
            };
            case Selector.Instance(InstanceId instance) -> start.covers(instance) ? List.of() : List.of(stop);
        };
    }

    private static List<Selector> siblings(InstanceId instance, AppSpec spec) {
        int replicas = spec.service(instance.service().service()).map(ServiceSpec::replicas).orElse(0);
        var others = new ArrayList<Selector>();
        for (int number = 1; number <= replicas; number++) {
            if (number != instance.number()) {
                others.add(new Selector.Instance(instance.service().instance(number)));
            }
        }
        return others;
    }
}
