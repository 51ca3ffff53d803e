package reeve.serve.route;

import java.util.List;
import reeve.model.Address;
import reeve.model.AppRoute;
import reeve.model.Balance;
import reeve.model.FileRoot;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.Redirect;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;

/// One route as a source declares it.
public record Route(RouteSpec spec, Destination destination) {

    /// A route that leads to no service.
    public static Route of(AppRoute route) {
        return new Route(route.route(), switch (route) {
            case AppRoute.ToExternal external -> new ToExternal(external.to());
            case AppRoute.ToFiles files -> new ToFiles(files.files());
            case AppRoute.ToRedirect redirect -> new ToRedirect(redirect.to());
        });
    }

    /// Where requests of a route go.
    public sealed interface Destination {}

    /// @param sleeps  whether requests pass the sleep room's gate
    /// @param targets its instances that have an address, in whatever state
    /// @param balance how one of them is chosen
    public record ToService(ServiceId service, boolean sleeps, Availability availability, List<Target> targets, Balance balance)
            implements Destination {
        public ToService {
            targets = List.copyOf(targets);
        }

        public ToService(ServiceId service, boolean sleeps, Availability availability, List<Target> targets) {
            this(service, sleeps, availability, targets, Balance.DEFAULT);
        }
    }

    /// A backend that Reeve does not run.
    public record ToExternal(Address address) implements Destination {}

    /// Files of this machine.
    public record ToFiles(FileRoot files) implements Destination {}

    /// Clients are sent elsewhere.
    public record ToRedirect(Redirect redirect) implements Destination {}

    /// What the proxy answers for a service while no target takes requests.
    public sealed interface Availability {

        /// Whether requests get to it, sooner or later.
        default boolean serves() {
            return switch (this) {
                case Serving _, Asleep _ -> true;
                case Maintenance _, Down _ -> false;
            };
        }

        /// Requests are forwarded; where no target is ready yet, the answer says that it is starting.
        record Serving() implements Availability {}

        /// Asleep: a request goes through the gate and is held until it is awake.
        record Asleep() implements Availability {}

        /// 503 with the message, and never woken: a user wants it left alone for now.
        record Maintenance(String message) implements Availability {}

        /// 503, and never woken: stopped by a user, disabled, failed.
        record Down(InstanceState state, String reason) implements Availability {}
    }

    /// One instance of a service.
    /// @param weight share of requests relative to its siblings; 0: none
    public record Target(InstanceId instance, Address address, InstanceState state, int weight) {
        /// Whether new requests may be sent to it.
        public boolean ready() {
            return weight > 0 && state == InstanceState.RUNNING;
        }
    }
}
