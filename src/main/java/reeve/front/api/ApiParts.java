package reeve.front.api;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.declare.manifest.ManifestReader;
import reeve.model.Address;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.run.install.Installs;
import reeve.run.reconcile.Apps;
import reeve.serve.feed.Feed;
import reeve.serve.route.RouteSources;
import reeve.serve.route.RouteTable;

/// What the API asks, and whom.
/// @param facts    about the node, as its configuration says now
/// @param restarts the last ones, from the journal
/// @param version  of this program
/// @param routes   what the proxy serves now
/// @param hidden   routes that others hide
/// @param inFlight requests that an instance is working on now
/// @param tls      what is known of certificates
/// @param feed     of proxies outside this process
/// @param http     where the proxy listens, once it does
/// @param admin    where the API listens over TCP, if it does
/// @param ready    whether what ran before has been taken over
/// @param notes    what people should know of how the node runs, one sentence each
/// @param metrics  as text for Prometheus
/// @param shutdown ends the node soon; returns at once, so that the request can still be answered
/// @param upgrade  has a new Reeve take over soon; returns at once
public record ApiParts(
        NodeName node,
        Supplier<NodeFacts> facts,
        String version,
        Apps apps,
        Installs installs,
        ManifestReader manifests,
        Supplier<RouteTable> routes,
        Supplier<List<RouteSources.Conflict>> hidden,
        ToIntFunction<InstanceId> inFlight,
        SleepDesk sleep,
        Feed feed,
        Journal journal,
        Restarts restarts,
        CertificateDesk tls,
        Supplier<Optional<Address>> http,
        Supplier<Optional<Address>> admin,
        BooleanSupplier ready,
        Supplier<List<String>> notes,
        Supplier<String> metrics,
        Runnable shutdown,
        Runnable upgrade,
        StatusPage page,
        Time time) {}
