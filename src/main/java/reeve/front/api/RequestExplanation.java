package reeve.front.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reeve.base.Nearest;
import reeve.base.http.HeadLimits;
import reeve.base.http.HeadResult;
import reeve.base.http.RequestHead;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.FileRoot;
import reeve.model.InstanceId;
import reeve.model.InstanceState;
import reeve.model.InstanceStatus;
import reeve.model.PathKind;
import reeve.model.Redirect;
import reeve.model.RouteHandling.PathChange;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.wire.RequestExplainAnswer;
import reeve.run.reconcile.Apps;
import reeve.serve.route.Route;
import reeve.serve.route.RouteEntry;
import reeve.serve.route.RouteSources;
import reeve.serve.route.RouteTable;

/// Which way a request would go, and why: read and matched by what the proxy reads and matches with. Pure.
final class RequestExplanation {
    private static final Pattern URL = Pattern.compile("(?i)https?://.*");
    private static final int MOST_ROUTES = 8;
    private static final int MOST_HOSTS = 6;

    private final String url;
    private final RouteTable routes;
    private final Apps.Snapshot snapshot;
    private final Function<ServiceId, Optional<String>> sleep;
    private final long now;
    private final List<String> because = new ArrayList<>();

    private RequestExplanation(String url, RouteTable routes, Apps.Snapshot snapshot, Function<ServiceId, Optional<String>> sleep,
            long now) {
        this.url = url;
        this.routes = routes;
        this.snapshot = snapshot;
        this.sleep = sleep;
        this.now = now;
    }

    /// What becomes of a request.
    private enum Outcome {
        FORWARDED("forwarded", null),
        HELD("held", null),
        REDIRECTED("redirected", null),
        MALFORMED("refused", 400),
        NO_ROUTE("refused", 404),
        OUT_OF_SERVICE("refused", 503);

        private final String word;
        private final @Nullable Integer status;

        Outcome(String word, @Nullable Integer status) {
            this.word = word;
            this.status = status;
        }
    }

    /// @param hidden routes that others hide
    /// @param proxy  where it listens, if it does
    /// @param sleep  one line on a service's sleep, for those that sleep
    /// @param now    a reading of [reeve.base.Time#nanos]
    /// @throws Failure where it is no URL
    static RequestExplainAnswer of(String url, RouteTable routes, List<RouteSources.Conflict> hidden, Optional<Address> proxy,
            Apps.Snapshot snapshot, Function<ServiceId, Optional<String>> sleep, long now) {
        if (!URL.matcher(url).matches()) {
            throw new Failure(Failure.Kind.INVALID, "cannot explain '" + url + "': expected a URL such as http://shop.localhost/cart");
        }
        String sent = url.split("#", 2)[0]; // browsers keep the rest to themselves
        return new RequestExplanation(sent, routes, snapshot, sleep, now).explain(hidden, proxy);
    }

    private RequestExplainAnswer explain(List<RouteSources.Conflict> hidden, Optional<Address> proxy) {
        byte[] bytes = ("GET " + url + " HTTP/1.1\r\nHost: proxy\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        var head = new RequestHead(HeadLimits.DEFAULT);
        return switch (head.parse(bytes, 0, bytes.length)) {
            case HeadResult.Bad(int status, String reason) -> {
                because.add("the proxy answers " + status + ": " + reason);
                yield new RequestExplainAnswer(url, Outcome.MALFORMED.word, status, because, null, List.of());
            }
            case HeadResult.Progress _ -> {
                String host = text(bytes, head.authorityFrom(), head.hostTo());
                String path = text(bytes, head.pathFrom(), head.pathTo());
                List<RouteTable.Covering> all = routes.covering(host, path, MOST_ROUTES);
                List<RouteEntry> covering = inOrder(all, routes.find(host, path));
                Outcome outcome = covering.isEmpty() ? noRoute(host, all) : taken(covering, all, hidden);
                if (!covering.isEmpty()) {
                    listener(head.port(), host, text(bytes, head.pathFrom(), head.targetTo()), proxy);
                }
                List<RouteTable.View> views = covering.stream().map(RouteTable::view).toList();
                yield new RequestExplainAnswer(url, outcome.word, outcome.status, because,
                        views.isEmpty() ? null : Rows.route(views.getFirst(), now),
                        views.stream().skip(1).map(view -> Rows.route(view, now)).toList());
            }
        };
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /// The route that takes it, then the others; nothing where none takes it.
    private static List<RouteEntry> inOrder(List<RouteTable.Covering> all, Optional<RouteEntry> winner) {
        var covering = new ArrayList<RouteEntry>();
        if (winner.isPresent()) {
            all.stream().filter(RouteTable.Covering::accepts).forEach(each -> covering.add(each.entry()));
            all.stream().filter(each -> !each.accepts()).forEach(each -> covering.add(each.entry()));
        }
        return covering;
    }

    private Outcome noRoute(String host, List<RouteTable.Covering> unmet) {
        List<RouteSpec> declared = routes.entries().stream().map(entry -> entry.route().spec()).toList();
        var hosts = new TreeSet<>(declared.stream().map(RouteSpec::host).toList());
        because.add("the proxy answers 404: no route covers it");
        List<String> paths = declared.stream().filter(spec -> spec.host().equalsIgnoreCase(host)).map(RouteSpec::path).sorted().toList();
        if (!unmet.isEmpty()) {
            unmet.forEach(each -> because.add("route " + each.entry().route().spec() + " (to " + destination(each.entry())
                    + ") covers it, but asks for more than a GET without headers"));
        } else if (hosts.isEmpty()) {
            because.add("there are no routes; a service gets one by `route: { host: " + host + " }`");
        } else if (paths.isEmpty()) {
            because.add("no route is for the host " + host + Nearest.hint(host, hosts));
            because.add("hosts with a route: " + listed(List.copyOf(hosts)));
        } else {
            because.add("the host " + host + " has routes for other paths only: " + listed(paths));
        }
        return Outcome.NO_ROUTE;
    }

    private static String listed(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(MOST_HOSTS, all.size())))
                + (all.size() > MOST_HOSTS ? " and " + (all.size() - MOST_HOSTS) + " more" : "");
    }

    private Outcome taken(List<RouteEntry> covering, List<RouteTable.Covering> all, List<RouteSources.Conflict> hidden) {
        RouteEntry winner = covering.getFirst();
        RouteSpec spec = winner.route().spec();
        because.add("route " + spec + " takes it, and leads to " + destination(winner)
                + (winner.source().equals("apps") ? "" : " (declared by " + winner.source() + ")"));
        if (all.stream().anyMatch(each -> each.entry() == winner && each.refuses())) {
            because.add("the proxy answers 400: its path can be read in more than one way, and the route has no `ambiguous_paths: pass`");
            return Outcome.MALFORMED;
        }
        changed(spec);
        Outcome outcome = switch (winner.route().destination()) {
            case Route.ToExternal _ -> Outcome.FORWARDED;
            case Route.ToFiles(FileRoot root) -> {
                because.add("files below " + root + " answer it");
                yield Outcome.FORWARDED;
            }
            case Route.ToRedirect(Redirect redirect) -> {
                because.add("the proxy answers " + redirect.status() + " and sends the client to " + redirect.to());
                yield Outcome.REDIRECTED;
            }
            case Route.ToService service -> service(service, RouteTable.view(winner).targets());
        };
        for (RouteEntry other : covering.subList(1, covering.size())) {
            RouteSpec its = other.route().spec();
            because.add("route " + its + " (to " + destination(other) + ") covers it too, but " + why(its, spec, all));
        }
        hidden.stream().filter(conflict -> conflict.wonBy(spec)).forEach(conflict -> because.add("route " + conflict));
        return outcome;
    }

    private static String why(RouteSpec other, RouteSpec winner, List<RouteTable.Covering> all) {
        if (all.stream().anyMatch(each -> !each.accepts() && each.entry().route().spec().equals(other))) {
            return "asks for more than a GET without headers";
        }
        if (!other.host().equals(winner.host())) {
            return "its host is less specific";
        }
        if (!other.path().equals(winner.path()) || other.kind() != winner.kind()) {
            return "its path is " + (winner.kind() == PathKind.PREFIX && other.kind() == PathKind.PREFIX ? "shorter" : "less specific");
        }
        return other.when().equals(winner.when()) ? "they share the requests by weight" : "it asks for less";
    }

    /// How the request's path is changed on its way.
    private void changed(RouteSpec spec) {
        switch (spec.handling().change()) {
            case PathChange.None _ -> { }
            case PathChange.StripPrefix _ -> because.add("it is forwarded without " + spec.path());
            case PathChange.Rewrite(String to) -> because.add("it is forwarded with " + to + " in place of " + spec.path());
        }
        because.addAll(AccessWords.of(spec.handling().access()));
        spec.handling().edge().ifPresent(edge -> because.addAll(EdgeWords.of(edge)));
        spec.handling().weight().ifPresent(weight -> because.add("it shares the requests by weight; its own is " + weight));
    }

    private static String destination(RouteEntry entry) {
        return switch (entry.route().destination()) {
            case Route.ToExternal(Address address, var tls) -> "the external backend " + (tls.isPresent() ? "https://" : "") + address;
            case Route.ToFiles(FileRoot root) -> "files below " + root;
            case Route.ToRedirect(Redirect redirect) -> "redirect " + redirect;
            case Route.ToService service -> service.service().toString();
        };
    }

    private Outcome service(Route.ToService to, List<RouteTable.TargetView> targets) {
        String service = to.service().toString();
        Outcome outcome = switch (to.availability()) {
            case Route.Availability.Serving _ -> {
                boolean ready = to.targets().stream().anyMatch(Route.Target::ready);
                if (!ready) {
                    because.add("the proxy answers 503 for now: no instance of " + service + " is ready");
                }
                yield ready ? Outcome.FORWARDED : Outcome.OUT_OF_SERVICE;
            }
            case Route.Availability.Asleep _ -> {
                because.add(service + " is asleep: the request wakes it, and is held until then");
                yield Outcome.HELD;
            }
            case Route.Availability.Maintenance(String message) -> {
                because.add("the proxy answers 503: " + service + " is in maintenance, as a user asked: " + message);
                yield Outcome.OUT_OF_SERVICE;
            }
            case Route.Availability.Down(InstanceState state, String reason) -> {
                because.add("the proxy answers 503: " + service + " is " + said(state) + (reason.isEmpty() ? "" : ": " + reason)
                        + "; see: reeve explain " + service);
                yield Outcome.OUT_OF_SERVICE;
            }
        };
        targets.forEach(target -> because.add(target(target, outcome)));
        sleep.apply(to.service()).ifPresent(line -> because.add(service + " sleeps when idle: " + line));
        return outcome;
    }

    private String target(RouteTable.TargetView target, Outcome outcome) {
        InstanceState state = target.state().orElse(InstanceState.UNKNOWN);
        String name = target.instance().map(InstanceId::toString).orElse("an instance") + " at " + target.address();
        String open = target.inFlight() == 0 ? "" : ", " + target.inFlight() + " open";
        if (state == InstanceState.RUNNING && target.weight() > 0 && outcome == Outcome.FORWARDED) {
            Duration ejected = target.ejected(now);
            return ejected.isZero() ? name + " may get it: running" + open
                    : name + " gets nothing for " + Math.max(1, ejected.toSeconds()) + " s: its connections failed" + open;
        }
        String why = target.instance().flatMap(this::status).map(InstanceStatus::reason).filter(reason -> !reason.isEmpty())
                .map(reason -> ": " + reason).orElse("");
        return name + (outcome == Outcome.HELD ? " is " : " gets nothing: ") + said(state) + open + why;
    }

    private Optional<InstanceStatus> status(InstanceId id) {
        return snapshot.instances().stream().filter(instance -> instance.id().equals(id)).findFirst();
    }

    private static String said(InstanceState state) {
        return state.word().replace('_', ' ');
    }

    /// The route may be right and the door wrong.
    private void listener(int port, String host, String target, Optional<Address> proxy) {
        boolean encrypted = url.regionMatches(true, 0, "https:", 0, 6);
        if (proxy.isEmpty()) {
            because.add("the proxy does not listen now");
        } else if (encrypted) {
            because.add("the proxy speaks plain HTTP, on " + proxy.get() + ": for https, TLS has to end in front of it");
        } else if (proxy.get().port() != (port < 0 ? 80 : port)) {
            because.add("the proxy listens on " + proxy.get() + ", not on port " + (port < 0 ? 80 : port)
                    + ": ask http://" + new Address(host.replaceAll("[\\[\\]]", ""), proxy.get().port()) + target);
        }
    }
}
