package reeve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.Counters;
import reeve.base.Gauges;
import reeve.base.Metric;
import reeve.base.Time;
import reeve.base.journal.FileJournal;
import reeve.base.metrics.ProcessMetrics;
import reeve.declare.settings.Settings;
import reeve.front.webhook.Webhooks;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.run.reconcile.Apps;
import reeve.run.reconcile.NodeInbox;
import reeve.run.reconcile.ServiceCounters;
import reeve.serve.certificate.Certificates;
import reeve.serve.proxy.ProxyTraffic;
import reeve.serve.route.RouteTable;
import reeve.serve.trace.OtlpExporter;
import reeve.sleep.SleepInbox;
import reeve.sleep.SleepRecords;
import reeve.sleep.SleepStatus;

/// Every metric of a node, and where each is read. `docs/metrics.md` is made from these.
final class NodeMetrics {
    static final Metric INSTANCES = Metric.of("reeve_service_instances", "Instances in each state.", "app", "service", "state");
    static final Metric SLEEPS = Metric.of("reeve_service_sleeps_total", "Times a service fell asleep.", "app", "service");
    static final Metric WAKES = Metric.of("reeve_service_wakes_total", "Times a service was woken.", "app", "service");
    static final Metric FAILED_WAKES = Metric.of("reeve_service_failed_wakes_total", "Wakes that failed.", "app", "service");
    static final Metric ASLEEP = Metric.of("reeve_service_asleep", "1 while a service that may sleep does, else 0.", "app", "service");
    static final Metric HELD = Metric.of("reeve_service_held_requests", "Requests that wait for a service to wake.", "app", "service");
    static final Metric REQUESTS = Metric.of("reeve_proxy_requests_total",
            "Requests that were answered, by class of status (2xx); app and service are empty for what leads to no service of Reeve's.",
            "app", "service", "class");
    static final Metric REFUSED = Metric.of("reeve_proxy_refused_requests_total",
            "Requests that the rules of their route refused, by what they broke.", "route", "reason");
    static final Metric IN_FLIGHT = Metric.of("reeve_proxy_open_requests", "Requests and tunnels open now.", "app", "service");
    static final Metric EJECTED = Metric.of("reeve_proxy_ejected_instances",
            "Instances that get no requests for now because they failed them.", "app", "service");
    static final Metric ROUTE_REQUESTS = Metric.of("reeve_route_requests_total",
            "Requests that were answered, by route and class of status; for as many routes as `metrics.routes` says.", "route", "class");
    static final Metric ROUTE_SECONDS = Metric.histogram("reeve_route_request_duration_seconds",
            "From the head of a request to the last byte of its answer.", "route");
    static final Metric ROUTE_BYTES = Metric.of("reeve_route_response_bytes_total", "Bytes of the bodies of answers.", "route");
    static final Metric SPANS = Metric.of("reeve_trace_spans_total",
            "Spans for the collector of traces, by outcome: sent, or dropped because it was slow or away.", "outcome");
    static final Metric DROPPED_LINES = Metric.of("reeve_proxy_access_log_dropped_total",
            "Lines of the access log that were lost, because the disk was too slow.");
    static final Metric CERTIFICATE_ENDS = Metric.of("reeve_certificate_expiry_seconds",
            "When a certificate ends, in seconds since 1970; by the file it is from.", "certificate");
    static final Metric HANDSHAKES = Metric.of("reeve_tls_handshakes_total",
            "TLS handshakes of clients that are over, by outcome: `ok`, or why they failed.", "outcome");
    static final Metric WAITING = Metric.of("reeve_mailbox_waiting_events", "Events that wait to be handled, by loop.", "loop");
    static final Metric JOURNAL = Metric.of("reeve_journal_entries_total", "Entries that were ever written to the journal.");
    static final Metric JOURNAL_LOST = Metric.of("reeve_journal_lost_entries_total", "Entries that could not be written to the journal.");
    static final Metric REFUSED_SIGNALS = Metric.of("reeve_refused_signals_total",
            "Signals that were not sent, because nothing proved that the process was still the one that was meant.");
    static final Metric BUILD = Metric.of("reeve_build_info", "Always 1.", "version", "java");
    static final Metric NODE = Metric.of("reeve_node_info", "Always 1.", "node", "class");

    /// In the order in which people read about them. Those of the IC orchestrator's names exist only where a setting asks for them.
    static final List<Metric> ALL = Stream.concat(
            Stream.of(ServiceCounters.START_ATTEMPTS, ServiceCounters.STOP_ATTEMPTS, ServiceCounters.RESTARTS, INSTANCES,
                    SLEEPS, WAKES, FAILED_WAKES, ASLEEP, HELD, REQUESTS, REFUSED, IN_FLIGHT, EJECTED, ROUTE_REQUESTS, ROUTE_SECONDS,
                    ROUTE_BYTES, SPANS, DROPPED_LINES, HANDSHAKES, CERTIFICATE_ENDS,
                    ServiceCounters.EVENTS, ServiceCounters.SECONDS, WAITING, JOURNAL, JOURNAL_LOST, REFUSED_SIGNALS,
                    Webhooks.DELIVERIES, NODE, BUILD),
            ProcessMetrics.ALL.stream()).toList();

    private static final String IC_STARTS = "orchestrator_processes_start_attempts_total";
    private static final String IC_STOPS = "orchestrator_processes_stop_attempts_total";

    private NodeMetrics() {}

    /// The rooms that are read at each look.
    record Read(Apps apps, SleepInbox sleep, NodeInbox reconcile, ProxyTraffic traffic, Supplier<RouteTable> routes,
            Certificates certificates, FileJournal journal, LongSupplier refusedSignals, LongSupplier droppedLines,
            Optional<OtlpExporter> traces, Time time) {}

    /// @param orchestratorLabel where the orchestrator's names are wanted too
    static List<Metric> all(Optional<String> orchestratorLabel) {
        return Stream.concat(ALL.stream(), orchestratorLabel.map(NodeMetrics::orchestratorNames).orElse(List.of()).stream()).toList();
    }

    /// Counts attempts also under the names of the IC orchestrator, where a label for them is chosen. Services of the same name in
    /// several apps count together there: it knows no apps.
    static Counters withOrchestratorNames(Counters counters, Optional<String> label) {
        if (label.isEmpty()) {
            return counters;
        }
        List<Metric> names = orchestratorNames(label.get());
        return (metric, amount, labels) -> {
            counters.add(metric, amount, labels);
            if (metric.equals(ServiceCounters.START_ATTEMPTS)) {
                counters.add(names.getFirst(), amount, labels[1]);
            } else if (metric.equals(ServiceCounters.STOP_ATTEMPTS)) {
                counters.add(names.getLast(), amount, labels[1]);
            }
        };
    }

    static List<Metric> orchestratorNames(String label) {
        return List.of(Metric.of(IC_STARTS, "The same as " + ServiceCounters.START_ATTEMPTS.name() + ".", label),
                Metric.of(IC_STOPS, "The same as " + ServiceCounters.STOP_ATTEMPTS.name() + ".", label));
    }

    /// Counts what the sleep room writes down.
    static SleepRecords counted(SleepRecords records, Counters counters) {
        return (service, what, why, known) -> {
            records.record(service, what, why, known);
            Optional<Metric> metric = switch (what) {
                case "asleep" -> Optional.of(SLEEPS);
                case "waking" -> Optional.of(WAKES);
                case "wake_failed" -> Optional.of(FAILED_WAKES);
                default -> Optional.empty();
            };
            metric.ifPresent(counted -> counters.add(counted, service.app().value(), service.service().value()));
        };
    }

    static void show(Gauges gauges, Settings settings, String version, Read read) {
        gauges.show(NODE, values -> values.put(1, settings.name().value(), settings.nodeClass()));
        gauges.show(BUILD, values -> values.put(1, version, System.getProperty("java.version")));
        gauges.show(INSTANCES, values -> instances(values, read.apps()));
        gauges.show(ASLEEP, values -> sleepers(values, read.sleep(), status -> status.state().equals("asleep") ? 1 : 0));
        gauges.show(HELD, values -> sleepers(values, read.sleep(), SleepStatus::waiting));
        gauges.show(REQUESTS, values -> read.traffic().answers().visit((service, status, requests) ->
                values.put(requests, app(service), name(service), status)));
        gauges.show(REFUSED, values -> read.traffic().refusals().visit((route, reason, requests) ->
                values.put(requests, route, reason.word())));
        gauges.show(IN_FLIGHT, values -> targets(values, read.routes().get(), RouteTable.TargetView::inFlight));
        gauges.show(EJECTED, values -> {
            long now = read.time().nanos();
            targets(values, read.routes().get(), target -> target.ejected(now).isZero() ? 0 : 1);
        });
        gauges.show(SPANS, values -> read.traces().ifPresent(traces -> {
            values.put(traces.sent(), "sent");
            values.put(traces.dropped(), "dropped");
        }));
        RouteMetrics.show(gauges, read.traffic().routes());
        gauges.show(DROPPED_LINES, values -> values.put(read.droppedLines().getAsLong()));
        gauges.show(HANDSHAKES, values -> read.traffic().handshakes().visit((outcome, number) -> values.put(number, outcome)));
        gauges.show(CERTIFICATE_ENDS, values -> read.certificates().ends((source, end) -> values.put(end.getEpochSecond(), source)));
        gauges.show(WAITING, values -> {
            values.put(read.reconcile().waiting(), "reconcile");
            values.put(read.sleep().waiting(), "sleep");
        });
        gauges.show(JOURNAL, values -> values.put(read.journal().written()));
        gauges.show(JOURNAL_LOST, values -> values.put(read.journal().lost()));
        gauges.show(REFUSED_SIGNALS, values -> values.put(read.refusedSignals().getAsLong()));
        ProcessMetrics.show(gauges);
    }

    private static void instances(Gauges.Values values, Apps apps) {
        Map<List<String>, Long> counts = apps.snapshot().instances().stream().collect(Collectors.groupingBy(
                instance -> List.of(instance.id().service().app().value(), instance.id().service().service().value(),
                        instance.state().word()), Collectors.counting()));
        counts.forEach((labels, count) -> values.put(count, labels.toArray(String[]::new)));
    }

    private static void sleepers(Gauges.Values values, SleepInbox sleep, ToIntFunction<SleepStatus> number) {
        sleep.statuses().forEach(status ->
                values.put(number.applyAsInt(status), status.service().app().value(), status.service().service().value()));
    }

    /// A backend may serve several routes, and counts once.
    private static void targets(Gauges.Values values, RouteTable table, ToIntFunction<RouteTable.TargetView> number) {
        Stream<RouteTable.TargetView> targets = table.views().stream().flatMap(view -> view.targets().stream());
        var counted = new TreeMap<String, RouteTable.TargetView>();
        targets.forEach(target -> counted.put(target.instance().map(Object::toString).orElse("") + " " + target.address(), target));
        Map<Optional<ServiceId>, Integer> sums = counted.values().stream().collect(Collectors.groupingBy(
                target -> target.instance().map(InstanceId::service), Collectors.summingInt(number)));
        sums.forEach((service, sum) -> values.put(sum, app(service), name(service)));
    }

    private static String app(Optional<ServiceId> service) {
        return service.map(id -> id.app().value()).orElse("");
    }

    private static String name(Optional<ServiceId> service) {
        return service.map(id -> id.service().value()).orElse("");
    }
}
