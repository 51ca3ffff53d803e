package reeve.run.reconcile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import reeve.model.AppName;
import reeve.model.AppRoute;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.run.reconcile.Apps.Action;
import reeve.run.reconcile.Apps.Order;
import reeve.run.reconcile.Apps.Plan;
import reeve.run.reconcile.Apps.PlannedChange;

/// What declaring an app would change, in the order in which it would be carried out: stops in reverse, then starts. Pure.
final class Planning {
    private final NodeState state;
    private final AppSpec next;
    private final Optional<AppSpec> before;
    private final Map<ServiceName, String> refused;
    private final List<PlannedChange> changes = new ArrayList<>();

    private Planning(NodeState state, AppSpec next) {
        this.state = state;
        this.next = next;
        this.before = Optional.ofNullable(state.apps().get(next.name())).map(App::spec);
        this.refused = newlyLacking(state, next);
    }

    static Plan of(NodeState state, AppSpec next) {
        var planning = new Planning(state, next);
        planning.stops();
        next.services().forEach(planning::service);
        planning.companions();
        planning.routes();
        return new Plan(next.name(), planning.changes);
    }

    private void stops() {
        for (ServiceSpec old : before.map(AppSpec::services).orElse(List.of()).reversed()) {
            if (next.service(old.name()).isEmpty()) {
                changes.add(new PlannedChange(subject(old), Action.STOP, "no longer declared", Optional.empty(), serving(old)));
            }
        }
    }

    /// Units of systemd: what would be written, and what taken away.
    private void companions() {
        Map<ServiceName, ServiceSpec> old = named(before.map(AppSpec::companions).orElse(List.of()));
        Map<ServiceName, ServiceSpec> now = named(next.companions());
        now.forEach((name, spec) -> {
            if (!old.containsKey(name)) {
                add(spec, Action.START, "new, as a unit of systemd");
            } else if (!spec.equals(old.get(name))) {
                add(spec, Action.RESTART, "its declaration changed");
            }
        });
        old.forEach((name, spec) -> {
            if (!now.containsKey(name)) {
                add(spec, Action.STOP, "no longer declared as a unit of systemd");
            }
        });
    }

    private static Map<ServiceName, ServiceSpec> named(List<ServiceSpec> specs) {
        var named = new LinkedHashMap<ServiceName, ServiceSpec>();
        specs.forEach(spec -> named.put(spec.name(), spec));
        return named;
    }

    /// Services that are to run and need a file that is not there, with what they need.
    static Map<ServiceName, String> lacking(NodeState state, AppSpec next) {
        var lacking = new LinkedHashMap<ServiceName, String>();
        for (ServiceSpec spec : next.services()) {
            if (Resolution.closed(spec.gate(), state.surroundings().facts()).isEmpty() && !stoppedByUser(state, next.name(), spec)) {
                Inputs.missing(spec, state.surroundings().inputs()).ifPresent(what -> lacking.put(spec.name(), what));
            }
        }
        return lacking;
    }

    /// Of those, the services that do not lack the same as they are declared already.
    static Map<ServiceName, String> newlyLacking(NodeState state, AppSpec next) {
        Map<ServiceName, String> lacking = lacking(state, next);
        Optional.ofNullable(state.apps().get(next.name())).ifPresent(app ->
                lacking(state, app.spec()).forEach(lacking::remove));
        return lacking;
    }

    private static boolean stoppedByUser(NodeState state, AppName name, ServiceSpec spec) {
        App app = state.apps().get(name);
        var service = new ServiceId(name, spec.name());
        return app != null && IntStream.rangeClosed(1, spec.replicas()).mapToObj(service::instance).allMatch(app::stoppedByUser);
    }

    private void service(ServiceSpec spec) {
        Optional<ServiceSpec> was = before.flatMap(app -> app.service(spec.name()));
        if (refused.containsKey(spec.name())) {
            add(spec, Action.REFUSE, "it needs " + refused.get(spec.name()));
            return;
        }
        if (was.isEmpty()) {
            add(spec, Action.START, "new");
            return;
        }
        Optional<String> missing = Inputs.missing(spec, state.surroundings().inputs()).map(what -> "cannot run it: " + what);
        ServiceSpec old = was.get();
        boolean lacked = state.resolution(new ServiceId(next.name(), spec.name()).instance(1)) instanceof Resolution.Missing;
        if (missing.isPresent() && !lacked) {
            add(spec, Action.STOP, missing.get());
        } else if (missing.isEmpty() && lacked) {
            add(spec, Action.START, "what it lacked is there");
        }
        restartReason(spec, old).ifPresent(reason -> changes.add(new PlannedChange(subject(spec), Action.RESTART, reason,
                Optional.of(Replicas.startFirst(next, spec) ? Order.START_FIRST : Order.STOP_FIRST), serving(old))));
        if (spec.replicas() > old.replicas()) {
            add(spec, Action.START, "replicas " + old.replicas() + " to " + spec.replicas());
        } else if (spec.replicas() < old.replicas()) {
            List<InstanceId> all = serving(old);
            changes.add(new PlannedChange(subject(spec), Action.STOP, "replicas " + old.replicas() + " to " + spec.replicas(),
                    Optional.empty(), all.subList(Math.min(spec.replicas(), all.size()), all.size()))); // the highest numbers go
        }
        List<String> other = otherDifferences(spec, old);
        if (!other.isEmpty()) {
            add(spec, Action.CHANGE, String.join(", ", other));
        }
    }

    private Optional<String> restartReason(ServiceSpec spec, ServiceSpec old) {
        for (int number = 1; number <= Math.min(spec.replicas(), old.replicas()); number++) {
            InstanceId id = new ServiceId(next.name(), spec.name()).instance(number);
            if (Resolution.of(next, spec, id, state) instanceof Resolution.Resolved resolved
                    && state.resolution(id) instanceof Resolution.Resolved present
                    && !resolved.digest().equals(present.digest())) {
                return Optional.of(Digest.difference(present.digest(), resolved.digest()));
            }
        }
        return Optional.empty();
    }

    private static List<String> otherDifferences(ServiceSpec spec, ServiceSpec old) {
        return Stream.of(
                        differs("depends_on", spec.dependsOn(), old.dependsOn()),
                        differs("healthcheck", spec.healthcheck(), old.healthcheck()),
                        differs("restart", spec.restart(), old.restart()),
                        differs("stop_signal", spec.stopSignal(), old.stopSignal()),
                        differs("stop_grace_period", spec.stopGrace(), old.stopGrace()),
                        differs("labels", spec.labels(), old.labels()),
                        differs("balance", spec.balance(), old.balance()),
                        differs("sleep", spec.sleep(), old.sleep()),
                        differs("only_on or enabled", spec.gate(), old.gate()))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> differs(String key, Object now, Object before) {
        return Objects.equals(now, before) ? Optional.empty() : Optional.of(key);
    }

    private void routes() {
        var present = new TreeSet<String>();
        before.ifPresent(app -> routeTexts(app).forEach(present::add));
        var wanted = new TreeSet<String>();
        routeTexts(next).forEach(wanted::add);
        present.stream().filter(route -> !wanted.contains(route))
                .forEach(route -> changes.add(new PlannedChange(route, Action.UNROUTE, "no longer declared")));
        wanted.stream().filter(route -> !present.contains(route))
                .forEach(route -> changes.add(new PlannedChange(route, Action.ROUTE, "new")));
    }

    private static Stream<String> routeTexts(AppSpec app) {
        Stream<String> services = app.services().stream()
                .flatMap(spec -> spec.routes().stream().map(RouteSpec::toString)
                        .map(route -> route + " → " + app.name() + "/" + spec.name()));
        return Stream.concat(services, app.routes().stream().map(Planning::text));
    }

    private static String text(AppRoute route) {
        return route.route() + " → " + route.target();
    }

    private void add(ServiceSpec spec, Action action, String reason) {
        changes.add(new PlannedChange(subject(spec), action, reason));
    }

    private String subject(ServiceSpec spec) {
        return next.name() + "/" + spec.name();
    }

    /// The instances of a service that is on the web.
    private List<InstanceId> serving(ServiceSpec old) {
        return old.routes().isEmpty() ? List.of() : List.copyOf(state.members(new ServiceId(next.name(), old.name())).keySet());
    }
}
