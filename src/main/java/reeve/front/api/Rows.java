package reeve.front.api;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.Workload;
import reeve.model.wire.AppRow;
import reeve.model.wire.EventRow;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.RouteRow;
import reeve.run.reconcile.Apps;
import reeve.serve.route.RouteTable;

/// What rooms know, as rows of the API. Pure. Times are cut to milliseconds: nobody reads more.
final class Rows {
    private Rows() {}

    /// What a service's app calls its version, else the image it is made from.
    private static Optional<String> version(ServiceId service, Apps.Snapshot snapshot) {
        Optional<AppSpec> app = snapshot.app(service.app()).map(Apps.AppStatus::spec);
        return app.flatMap(AppSpec::version).or(() -> app.flatMap(spec -> spec.service(service.service()))
                .map(ServiceSpec::workload)
                .flatMap(workload -> workload instanceof Workload.Container container ? Optional.of(container.image().name())
                        : Optional.empty()));
    }

    static InstanceRow instance(InstanceStatus status, Apps.Snapshot snapshot) {
        Optional<String> version = version(status.id().service(), snapshot);
        return new InstanceRow(
                status.id().service().app().value(),
                status.id().service().service().value(),
                status.id().toString(),
                status.node().value(),
                status.state().word(),
                version.orElse(null),
                status.pid().isPresent() ? status.pid().getAsLong() : null,
                status.address().map(Address::toString).orElse(null),
                status.restarts(),
                status.since().truncatedTo(ChronoUnit.MILLIS),
                status.reason());
    }

    static AppRow app(Apps.AppStatus status) {
        List<String> services = status.spec().all().stream().map(ServiceSpec::name).map(Object::toString).toList();
        return new AppRow(
                status.spec().name().value(), status.source().file().toString(), status.appliedAt().truncatedTo(ChronoUnit.MILLIS),
                        services);
    }

    /// @param now a reading of [reeve.base.Time#nanos]
    static RouteRow route(RouteTable.View route, long now) {
        Optional<ServiceId> service = route.service();
        List<RouteRow.TargetRow> targets = service.isEmpty() ? List.of()
                : route.targets().stream().map(target -> target(target, now)).toList();
        return new RouteRow(
                route.spec().host(),
                route.spec().what(),
                service.map(id -> id.app().value()).orElse(null),
                service.map(id -> id.service().value()).orElse(null),
                route.source(),
                service.isPresent() ? null : route.target(),
                targets);
    }

    private static RouteRow.TargetRow target(RouteTable.TargetView target, long now) {
        return new RouteRow.TargetRow(
                target.address().toString(),
                target.instance().map(Object::toString).orElse("-"),
                target.state().map(InstanceState::word).orElse("-"),
                target.inFlight(),
                target.weight(),
                target.ejected(now).truncatedTo(ChronoUnit.SECONDS));
    }

    static JournalRow entry(Journal.Entry entry) {
        return new JournalRow(entry.number(), entry.at().truncatedTo(ChronoUnit.MILLIS), entry.subject(), entry.what(), entry.why(),
                entry.facts());
    }

    /// @return empty for what is no change of an instance's state
    static Optional<EventRow> event(Journal.Entry entry) {
        String before = entry.facts().getOrDefault("before", "");
        boolean known = !before.isEmpty() && !before.equals(entry.what())
                && Stream.of(InstanceState.values()).anyMatch(state -> state.word().equals(entry.what()));
        if (!known || entry.subject().split("/", -1).length != 3) {
            return Optional.empty();
        }
        InstanceId id = InstanceId.parse(entry.subject());
        Long pid = Optional.ofNullable(entry.facts().get("pid")).map(Long::valueOf).orElse(null);
        return Optional.of(new EventRow(entry.number(), entry.at().truncatedTo(ChronoUnit.MILLIS), id.service().app().value(),
                id.service().service().value(), id.toString(), before, entry.what(), entry.why(), pid));
    }

    /// What was done: its requests are over.
    static PlanAnswer applied(Apps.Plan plan, List<String> warnings) {
        return plan(plan, warnings, _ -> OptionalInt.empty());
    }

    /// @param inFlight requests that an instance is working on; empty where that means nothing any more
    static PlanAnswer plan(Apps.Plan plan, List<String> warnings, Function<InstanceId, OptionalInt> inFlight) {
        return new PlanAnswer(plan.app().value(), plan.changes().stream().map(change -> change(change, inFlight)).toList(), warnings);
    }

    private static PlanAnswer.ChangeRow change(Apps.PlannedChange change, Function<InstanceId, OptionalInt> inFlight) {
        Optional<Integer> requests = change.touches().stream().map(inFlight).flatMap(one -> one.stream().boxed()).reduce(Integer::sum);
        return new PlanAnswer.ChangeRow(change.subject(), change.action().name().toLowerCase(Locale.ROOT), change.reason(),
                change.order().map(order -> order.name().toLowerCase(Locale.ROOT)).orElse(null), requests.orElse(null));
    }
}
