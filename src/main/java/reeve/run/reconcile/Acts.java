package reeve.run.reconcile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.base.Patience;
import reeve.base.Session;
import reeve.base.Time;
import reeve.base.journal.Journal;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.InstanceStatus;
import reeve.model.Interaction;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.run.supervise.Instance;

/// What users ask: each act is made durable on its caller's thread, one at a time, before the loop hears of it.
final class Acts implements Apps {
    private static final int MOST_FACTS = 50;

    private final DesiredApps desired;
    private final Manifests manifests;
    private final Ports ports;
    private final Inputs inputs;
    private final Journal journal;
    private final NodeInbox inbox;
    private final Time time;
    private final Supplier<NodeState> state;
    private final Leftovers leftovers;
    private final Function<InstanceId, Path> log;
    private final Visits visits;
    private volatile List<InstanceStatus> companions = List.of();
    private final ReentrantLock acts = new ReentrantLock();
    private final Map<AppName, App> declared = new TreeMap<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private final Map<AppName, RolloutStatus> rollouts = new ConcurrentHashMap<>();

    /// @param state as of the last event
    /// @param log   the file an instance's output goes to
    Acts(DesiredApps desired, Manifests manifests, Ports ports, Inputs inputs, Journal journal, NodeInbox inbox, Time time,
            Supplier<NodeState> state, Leftovers leftovers, Function<InstanceId, Path> log, Visits visits) {
        this.desired = desired;
        this.manifests = manifests;
        this.ports = ports;
        this.inputs = inputs;
        this.journal = journal;
        this.inbox = inbox;
        this.time = time;
        this.state = state;
        this.leftovers = leftovers;
        this.log = log;
        this.visits = visits;
    }

    /// How companions stand, as of the last pass.
    void companionsSeen(List<InstanceStatus> seen) {
        companions = List.copyOf(seen);
    }

    /// What was declared when Reeve started.
    void loaded(DesiredApps.Loaded loaded) {
        acting(() -> {
            unreadable.putAll(loaded.unreadable());
            loaded.apps().forEach(app -> declared.put(app.spec().name(), app));
            return loaded;
        });
    }

    @Override
    public Set<ServiceId> services() {
        List<AppSpec> now = acting(() -> {
            if (!unreadable.isEmpty()) {
                throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read the manifests of " + unreadable.keySet());
            }
            return declared.values().stream().map(App::spec).toList();
        });
        return now.stream()
                .flatMap(spec -> Stream.concat(Stream.of(spec), kept(spec.name())))
                .flatMap(spec -> spec.services().stream().map(service -> new ServiceId(spec.name(), service.name())))
                .collect(Collectors.toSet());
    }

    /// What an app was declared as in the revisions that can be gone back to.
    private Stream<AppSpec> kept(AppName app) {
        return desired.revisions(app).stream().map(number -> manifests.read(desired.kept(app, number).source()));
    }

    @Override
    public boolean declares(AppName app) {
        return acting(() -> declared.containsKey(app) || unreadable.containsKey(app.value()));
    }

    @Override
    public boolean gone(AppName app) {
        NodeState seen = state.get();
        return !seen.apps().containsKey(app) && seen.instances().keySet().stream().noneMatch(id -> id.service().app().equals(app))
                && !leftovers.of(app);
    }

    @Override
    public Plan plan(AppSpec spec) {
        NodeState seen = withInputsOf(spec);
        App old = seen.apps().get(spec.name());
        return Planning.of(seen, old == null ? spec : Scaling.applied(spec, Scaling.kept(spec, old.overrides().scaled())));
    }

    /// The state, with the files that an app needs as they are now: it may need others than before. Blocks for IO.
    private NodeState withInputsOf(AppSpec spec) {
        NodeState seen = state.get();
        var known = new HashMap<>(seen.surroundings().inputs());
        known.putAll(inputs.look(spec));
        return seen.withSurroundings(seen.surroundings().withInputs(known));
    }

    @Override
    public Plan apply(ManifestSource source, AppSpec spec) {
        return acting(() -> {
            refuse("apply", spec, Planning.newlyLacking(withInputsOf(spec), spec));
            Plan plan = plan(spec);
            journal.append(spec.name().value(), "apply", words(plan) + ", from " + source.file(), facts(plan));
            declare(declaration(source, spec, Optional.empty()), Optional.empty());
            return plan;
        });
    }

    private App declaration(ManifestSource source, AppSpec spec, Optional<App.Trial> trial) {
        App old = declared.get(spec.name());
        return old == null ? App.first(spec, source, time.wall(), trial)
                : old.declaredAs(spec, source, time.wall(), trial, desired.nextRevision(old));
    }

    /// Makes a declaration durable and the loop aware of it.
    private void declare(App app, Optional<Deploy> deploy) {
        AppName name = app.spec().name();
        Map<InstanceId, Integer> given = ports.give(app.spec());
        if (!declared.containsKey(name) && !unreadable.containsKey(name.value())) {
            desired.forgetHooks(name); // not when it was taken down: it still ran then, and so did hooks
        }
        desired.save(app);
        declared.put(name, app);
        unreadable.remove(name.value());
        if (deploy.isEmpty()) {
            supersede(name, "another manifest was applied");
        }
        inbox.post(new NodeEvent.InputsSeen(inputs.look(app.spec())));
        tell(new NodeEvent.Declared(app, given, deploy), app);
    }

    private void supersede(AppName name, String why) {
        rollouts.computeIfPresent(name, (_, rollout) -> rollout.state() == RolloutState.ROLLING
                ? rollout.over(RolloutState.SUPERSEDED, why, time.wall()) : rollout);
    }

    /// Tells the loop, and waits a moment until it shows: who asks next shall see what was done.
    private void tell(NodeEvent event, App declared) {
        inbox.post(event);
        Patience.shortly(() -> state.get().apps().get(declared.spec().name()) == declared);
    }

    @Override
    public RolloutStatus deploy(ManifestSource source, AppSpec spec, Duration timeout) {
        return acting(() -> {
            AppName name = spec.name();
            RolloutStatus running = rollouts.get(name);
            if (running != null && running.state() == RolloutState.ROLLING) {
                throw new Failure(Failure.Kind.CONFLICT, "cannot deploy " + name + ": its revision " + running.revision()
                        + " is being deployed; wait for it, or apply");
            }
            refuse("deploy", spec, Planning.lacking(withInputsOf(spec), spec));
            App old = declared.get(name);
            Plan plan = plan(spec);
            App app = declaration(source, spec, Optional.of(new App.Trial(old == null ? 0 : old.revision(), timeout)));
            journal.append(name.value(), "deploy", "revision " + app.revision() + ": " + words(plan) + ", from " + source.file(),
                    facts(plan));
            declare(app, Optional.of(deploy(name, app.revision(), app.trial().orElseThrow())));
            return rollouts.get(name);
        });
    }

    /// A missing file stops what needs it (SUP-12): a manifest that begins with that is more likely a slip, and changes nothing.
    private static void refuse(String verb, AppSpec spec, Map<ServiceName, String> lacking) {
        if (!lacking.isEmpty()) {
            throw new Failure(Failure.Kind.INVALID, lacking.entrySet().stream()
                    .map(service -> "cannot " + verb + " " + spec.name() + ": " + service.getKey() + " needs " + service.getValue())
                    .collect(Collectors.joining("\n")));
        }
    }

    /// The deploy of a revision begins, or goes on in a new Reeve.
    Deploy deploy(AppName name, int revision, App.Trial trial) {
        rollouts.put(name, new RolloutStatus(name, revision, trial.previous(), RolloutState.ROLLING, "rolling", time.wall()));
        time.after(trial.timeout(), () -> inbox.post(new NodeEvent.DeployLate(name, revision)));
        return new Deploy(revision, time.now().elapsed().plus(trial.timeout()), trial.timeout());
    }

    /// The loop has decided about a deploy. A failed one is taken back; the instances of the revision before serve all the while.
    void deployOver(NodeEffect.DeployOver over) {
        acting(() -> {
            App app = declared.get(over.app());
            RolloutStatus rollout = rollouts.get(over.app());
            if (app == null || rollout == null || app.revision() != over.revision() || rollout.state() != RolloutState.ROLLING) {
                return over; // superseded meanwhile
            }
            switch (over.verdict()) {
                case Deploys.Verdict.Deployed() -> {
                    save(app.proven());
                    over(rollout, RolloutState.DEPLOYED, "revision " + app.revision() + " is up", "deployed");
                }
                case Deploys.Verdict.Failed(String reason) -> {
                    journal.append(over.app().value(), "deploy_failed", "revision " + app.revision() + ": " + reason, Map.of());
                    takeBack(app, rollout, reason);
                }
            }
            return over;
        });
    }

    private void takeBack(App app, RolloutStatus rollout, String reason) {
        if (rollout.previous() == 0 || rollout.previous() == rollout.revision()) {
            save(app.proven());
            over(rollout, RolloutState.FAILED, reason + "; there is no earlier revision to go back to", "failed");
            return;
        }
        try {
            rollouts.put(app.spec().name(), rollout.over(RolloutState.ROLLED_BACK, reason, time.wall()));
            ManifestSource before = desired.kept(app.spec().name(), rollout.previous()).source();
            declare(app.backTo(rollout.previous(), manifests.read(before), before, time.wall()), Optional.empty());
            desired.failed(app.spec().name(), rollout.revision(), reason);
            over(rollout, RolloutState.ROLLED_BACK, reason, "rolled_back");
        } catch (Failure e) {
            over(rollout, RolloutState.FAILED, reason + "; cannot go back to revision " + rollout.previous() + ": " + e.getMessage(),
                    "failed");
        }
    }

    private void over(RolloutStatus rollout, RolloutState end, String reason, String kind) {
        rollouts.put(rollout.app(), rollout.over(end, reason, time.wall()));
        journal.append(rollout.app().value(), kind, reason, Map.of("revision", String.valueOf(rollout.revision()), "previous",
                String.valueOf(rollout.previous())));
    }

    private void save(App app) {
        desired.save(app);
        declared.put(app.spec().name(), app);
    }

    @Override
    public RolloutStatus rollback(AppName name, OptionalInt to, Duration timeout) {
        return acting(() -> {
            App app = require(name);
            int number = to.orElseGet(() -> desired.goodBefore(name, app.revision())
                    .orElseThrow(() -> new Failure(Failure.Kind.NOT_FOUND, "cannot roll back " + name + ": it has no earlier revision")));
            ManifestSource source = desired.kept(name, number).source();
            return deploy(source, manifests.read(source), timeout);
        });
    }

    @Override
    public Optional<RolloutStatus> rollout(AppName app) {
        return Optional.ofNullable(rollouts.get(app));
    }

    @Override
    public List<RevisionStatus> revisions(AppName name) {
        App app = acting(() -> require(name));
        return desired.revisions(name).stream().map(number -> {
            DesiredApps.Revision revision = desired.kept(name, number);
            return new RevisionStatus(number, revision.source().file(), revision.appliedAt(), number == app.revision(),
                    revision.failed());
        }).toList();
    }

    private static String words(Plan plan) {
        return switch (plan.changes().size()) {
            case 0 -> "nothing changes";
            case 1 -> "1 change";
            default -> plan.changes().size() + " changes";
        };
    }

    private static Map<String, String> facts(Plan plan) {
        var facts = new LinkedHashMap<String, String>();
        for (PlannedChange change : plan.changes().subList(0, Math.min(plan.changes().size(), MOST_FACTS))) {
            facts.put("change." + (facts.size() + 1), change.action().name().toLowerCase(Locale.ROOT) + " " + change.subject() + ": "
                    + change.reason());
        }
        return facts;
    }

    @Override
    public void down(AppName app) {
        acting(() -> {
            require(app);
            desired.remove(app);
            declared.remove(app);
            ports.release(app);
            journal.append(app.value(), "down", "a user asked for it", Map.of());
            supersede(app, "the app was taken down");
            inbox.post(new NodeEvent.Dropped(app));
            Patience.shortly(() -> !state.get().apps().containsKey(app));
            return app;
        });
    }

    @Override
    public void start(Selector selector) {
        act(selector, "start", app -> app.starting(selector), app -> new NodeEvent.StartAsked(app, selector));
    }

    @Override
    public void stop(Selector selector) {
        act(selector, "stop", app -> app.stopping(selector), app -> new NodeEvent.Declared(app, Map.of()));
    }

    @Override
    public void restart(Selector selector) {
        act(selector, "restart", app -> app.starting(selector), app -> new NodeEvent.RestartAsked(app, selector));
    }

    @Override
    public void scale(ServiceId service, int replicas) {
        acting(() -> {
            App app = Scaling.scaled(require(new Selector.Service(service)), service.service(), replicas, state.get());
            Map<InstanceId, Integer> given = ports.give(app.spec());
            save(app);
            journal.append(service.toString(), "scale", "a user asked for it", Map.of("replicas", String.valueOf(replicas)));
            tell(new NodeEvent.Declared(app, given), app);
            return app;
        });
    }

    @Override
    public void drain(InstanceId id) {
        act(new Selector.Instance(id), "drain", app -> {
            if (app.spec().service(id.service().service()).filter(spec -> !spec.routes().isEmpty()).isEmpty()) {
                throw new Failure(Failure.Kind.INVALID, "cannot drain " + id + ": its service has no route, so Reeve sends it no requests");
            }
            return app.overriding(overrides -> overrides.draining(id));
        }, app -> new NodeEvent.Declared(app, Map.of()));
    }

    @Override
    public void undrain(InstanceId id) {
        act(new Selector.Instance(id), "undrain", app -> app.overriding(overrides -> overrides.undraining(id)),
                app -> new NodeEvent.Declared(app, Map.of()));
    }

    @Override
    public void maintain(Selector selector, String message) {
        act(selector, "maintenance", app -> {
            if (app.spec().services().stream().noneMatch(spec -> !spec.routes().isEmpty() && chooses(selector, app, spec))) {
                throw new Failure(Failure.Kind.INVALID, "cannot put " + selector + " into maintenance: it has no route, so Reeve answers "
                        + "nobody for it");
            }
            return app.overriding(overrides -> overrides.inMaintenance(selector, message));
        }, app -> new NodeEvent.Declared(app, Map.of()));
    }

    private static boolean chooses(Selector selector, App app, ServiceSpec spec) {
        return selector instanceof Selector.App || selector.equals(new Selector.Service(new ServiceId(app.spec().name(), spec.name())));
    }

    @Override
    public void endMaintenance(Selector selector) {
        act(selector, "maintenance_over", app -> {
            App after = app.overriding(overrides -> overrides.outOfMaintenance(selector));
            if (selector instanceof Selector.Service(ServiceId id) && after.overrides().maintenance(id).isPresent()) {
                throw new Failure(Failure.Kind.CONFLICT, "cannot take " + id + " out of maintenance: all of " + id.app() + " is in it");
            }
            return after;
        }, app -> new NodeEvent.Declared(app, Map.of()));
    }

    @Override
    public Session exec(InstanceId id, Interaction interaction) {
        journal.append(id.toString(), "exec", "a user runs a command", Map.of("program", interaction.command().getFirst()));
        return visits.open(state.get(), id, interaction);
    }

    @Override
    public Session once(ServiceId service, Copy copy) {
        App app = acting(() -> require(new Selector.Service(service)));
        journal.append(service.toString(), "run", "a user runs a copy", copy.command().isEmpty() ? Map.of()
                : Map.of("program", copy.command().getFirst())); // not its arguments: they may be secret
        return visits.once(state.get(), app, service, copy);
    }

    @Override
    public Map<InstanceId, Usage> usage(Predicate<InstanceId> wanted) {
        return visits.usage(state.get(), wanted);
    }

    private void act(Selector selector, String what, Function<App, App> change, Function<App, NodeEvent> event) {
        acting(() -> {
            App app = change.apply(require(selector));
            desired.save(app);
            declared.put(app.spec().name(), app);
            journal.append(selector.toString(), what, "a user asked for it", Map.of());
            tell(event.apply(app), app);
            return app;
        });
    }

    private <T> T acting(Supplier<T> act) {
        acts.lock();
        try {
            return act.get();
        } finally {
            acts.unlock();
        }
    }

    private App require(AppName name) {
        App app = declared.get(name);
        if (app == null && unreadable.containsKey(name.value())) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot act on app '" + name
                    + "': its stored manifest cannot be read, apply it again: " + unreadable.get(name.value()));
        }
        if (app == null) {
            String known = declared.isEmpty() ? "no app is declared" : "declared are "
                    + String.join(", ", declared.keySet().stream().map(AppName::value).toList());
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find app '" + name + "': " + known);
        }
        return app;
    }

    private App require(Selector selector) {
        App app = require(selector.app());
        Optional<ServiceId> service = switch (selector) {
            case Selector.App _ -> Optional.empty();
            case Selector.Service(ServiceId id) -> Optional.of(id);
            case Selector.Instance(InstanceId id) -> Optional.of(id.service());
        };
        if (service.isPresent()) {
            Optional<ServiceSpec> spec = app.spec().service(service.get().service());
            if (spec.isEmpty()) {
                throw new Failure(Failure.Kind.NOT_FOUND, "cannot find service '" + service.get() + "': " + app.spec().name() + " has "
                        + String.join(", ", app.spec().all().stream().map(one -> one.name().value()).toList()));
            }
            if (selector instanceof Selector.Instance(InstanceId id) && !state.get().instances().containsKey(id)) {
                String there = state.get().allOf(service.get()).keySet().stream().map(InstanceId::toString)
                        .collect(Collectors.joining(", "));
                throw new Failure(Failure.Kind.NOT_FOUND, "cannot find instance '" + id + "': there "
                        + (there.isEmpty() ? "are none of " + service.get() : "is " + there));
            }
        }
        return app;
    }

    @Override
    public Snapshot snapshot() {
        NodeState seen = state.get();
        var apps = new ArrayList<AppStatus>();
        for (App app : seen.apps().values()) {
            var logs = new TreeMap<String, Path>();
            seen.instances().keySet().stream().filter(id -> id.service().app().equals(app.spec().name()))
                    .forEach(id -> logs.put(id.toString(), log.apply(id)));
            apps.add(new AppStatus(app.spec(), app.source(), app.appliedAt(), logs, app.overrides().scaled()));
        }
        Stream<InstanceStatus> instances = seen.instances().entrySet().stream()
                .map(entry -> status(seen, entry.getKey(), entry.getValue()));
        return new Snapshot(apps, Stream.concat(instances, companions.stream()).toList());
    }

    private static InstanceStatus status(NodeState seen, InstanceId id, Instance instance) {
        OptionalLong pid = instance.live().map(live -> OptionalLong.of(live.run().pid())).orElse(OptionalLong.empty());
        int port = seen.port(id);
        Optional<Address> address = port == 0 ? Optional.empty() : Optional.of(Address.loopback(port));
        return new InstanceStatus(id, seen.surroundings().facts().name(), instance.shown(), pid, address, instance.restarts(),
                instance.since(), instance.reason() + seen.times().words(id.service(), instance)
                + Circuit.words(seen, id) + (seen.drained(id) ? "; drained by a user: it gets no new requests" : "")
                + seen.maintenance(id.service()).map(message -> "; in maintenance: " + message).orElse(""));
    }
}
