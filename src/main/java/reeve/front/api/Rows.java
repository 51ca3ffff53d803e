package reeve.front.api;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import reeve.base.journal.Journal;
import reeve.declare.manifest.ManifestReader;
import reeve.model.Address;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;
import reeve.model.wire.AppRow;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.RouteRow;
import reeve.run.reconcile.Apps;
import reeve.serve.route.RouteTable;

/// What rooms know, as rows of the API. Pure. Times are cut to milliseconds: nobody reads more.
final class Rows {
    private Rows() {}

    static InstanceRow instance(InstanceStatus status) {
        return new InstanceRow(
                status.id().service().app().value(),
                status.id().service().service().value(),
                status.id().toString(),
                status.node().value(),
                status.state().word(),
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

    static RouteRow route(RouteTable.View route) {
        Optional<ServiceId> service = route.service();
        List<RouteRow.TargetRow> targets = service.isEmpty() ? List.of() : route.targets().stream().map(Rows::target).toList();
        return new RouteRow(
                route.spec().host(),
                route.spec().path(),
                service.map(id -> id.app().value()).orElse(null),
                service.map(id -> id.service().value()).orElse(null),
                route.source(),
                service.isPresent() ? null : route.targets().getFirst().address().toString(),
                targets);
    }

    private static RouteRow.TargetRow target(RouteTable.TargetView target) {
        return new RouteRow.TargetRow(
                target.address().toString(),
                target.instance().map(Object::toString).orElse("-"),
                target.state().map(InstanceState::word).orElse("-"),
                target.inFlight(),
                target.weight());
    }

    static JournalRow entry(Journal.Entry entry) {
        return new JournalRow(entry.number(), entry.at().truncatedTo(ChronoUnit.MILLIS), entry.subject(), entry.what(), entry.why(),
                entry.facts());
    }

    static PlanAnswer plan(Apps.Plan plan, List<ManifestReader.ManifestError> warnings) {
        var changes = plan.changes().stream()
                .map(change -> new PlanAnswer.ChangeRow(change.subject(), change.action().name().toLowerCase(Locale.ROOT), change.reason()))
                .toList();
        return new PlanAnswer(plan.app().value(), changes, warnings.stream().map(Object::toString).toList());
    }
}
