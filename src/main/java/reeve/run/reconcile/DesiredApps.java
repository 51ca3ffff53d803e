package reeve.run.reconcile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ManifestSource;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.SleepKind;
import reeve.model.wire.DesiredApp;
import reeve.model.wire.WireJson;
import reeve.store.Limits;
import reeve.store.Store;
import reeve.store.StoreException;

/// What lasts: declared apps and users' stops in the shared store; ports and who sleeps by having ended in the local one.
/// Every writing method is durable when it returns and throws [Failure] `UNAVAILABLE` when it could not be.
final class DesiredApps {
    private static final String APPS = "/reeve/v1/apps/";
    private static final String DESIRED = "/desired";
    private static final String REVISIONS = "/revisions/";
    private static final int MOST_REVISIONS = 10;
    private static final int READ_AT_ONCE = 8;
    private static final String PORTS = "/reeve/v1/local/ports/";
    private static final String HOOKS = "/reeve/v1/local/hooks/";
    private static final String ASLEEP = "/reeve/v1/local/asleep/";

    private final Store shared;
    private final Store local;
    private final Manifests manifests;
    private final WireJson json = WireJson.lenient();

    DesiredApps(Store shared, Store local, Manifests manifests) {
        this.shared = shared;
        this.local = local;
        this.manifests = manifests;
    }

    /// What could be read, and what could not: an app whose manifest is no longer understood is left alone, not dropped.
    record Loaded(List<App> apps, Map<String, String> unreadable) {}

    Loaded load() {
        var apps = new ArrayList<App>();
        var unreadable = new TreeMap<String, String>();
        shared.list(APPS).entries().stream().filter(entry -> entry.key().endsWith(DESIRED))
                .gather(Gatherers.mapConcurrent(READ_AT_ONCE, this::readOne))
                .forEach(one -> {
                    one.apps().forEach(apps::add);
                    unreadable.putAll(one.unreadable());
                });
        return new Loaded(apps, unreadable);
    }

    private Loaded readOne(Store.Entry entry) {
        try {
            return new Loaded(List.of(read(entry.value())), Map.of());
        } catch (RuntimeException e) { // whatever is wrong with one app concerns no other
            String name = entry.key().substring(APPS.length(), entry.key().length() - DESIRED.length());
            return new Loaded(List.of(), Map.of(name, String.valueOf(e.getMessage())));
        }
    }

    private App read(byte[] value) {
        DesiredApp desired = json.read(DesiredApp.class, value);
        var source = new ManifestSource(Path.of(desired.file()), desired.text(), desired.variables());
        AppSpec spec = manifests.read(source);
        Optional<App.Trial> trial = Optional.ofNullable(desired.deployTimeout())
                .map(timeout -> new App.Trial(desired.previous(), timeout));
        Map<ServiceName, Apps.Scale> scaled = Scaling.kept(spec, desired.scaled().stream().collect(Collectors.toMap(
                scale -> new ServiceName(scale.service()), scale -> new Apps.Scale(scale.replicas(), scale.declared()))));
        var overrides = new Overrides(desired.stopped().stream().map(Selector::parse).collect(Collectors.toSet()), scaled,
                desired.drained().stream().map(InstanceId::parse).collect(Collectors.toSet()),
                desired.maintenance().stream()
                        .collect(Collectors.toMap(one -> Selector.parse(one.what()), DesiredApp.Maintenance::message)));
        return new App(Scaling.applied(spec, scaled), source, desired.appliedAt(), desired.revision(), trial, overrides);
    }

    /// Saves what is declared and, where its manifest is new, the manifest among the app's revisions, of which the last ten stay.
    void save(App app) {
        ManifestSource source = app.source();
        Overrides overrides = app.overrides();
        var desired = new DesiredApp(source.file().toString(), source.text(), source.variables(), app.appliedAt(),
                overrides.stopped().stream().map(Selector::toString).sorted().toList(), app.revision(),
                app.trial().map(App.Trial::previous).orElse(0), app.trial().map(App.Trial::timeout).orElse(null),
                new TreeMap<>(overrides.scaled()).entrySet().stream()
                        .map(scale -> new DesiredApp.Scaled(scale.getKey().value(), scale.getValue().replicas(),
                                scale.getValue().declared()))
                        .toList(), null, overrides.drained().stream().map(InstanceId::toString).sorted().toList(),
                overrides.maintenance().entrySet().stream()
                        .map(one -> new DesiredApp.Maintenance(one.getKey().toString(), one.getValue()))
                        .sorted(Comparator.comparing(DesiredApp.Maintenance::what)).toList());
        AppName name = app.spec().name();
        var writes = new ArrayList<Store.Write>();
        writes.add(put(key(name), json.bytes(desired)));
        SortedSet<Integer> known = revisions(name);
        if (!known.contains(app.revision())) {
            var plain = new DesiredApp(desired.file(), desired.text(), desired.variables(), desired.appliedAt(), List.of(), app.revision(),
                    0, null, List.of(), null, List.of(), List.of());
            writes.add(put(revision(name, app.revision()), json.bytes(plain)));
            known.stream().sorted(Comparator.reverseOrder()).skip(MOST_REVISIONS - 1).filter(old -> old != desired.previous())
                    .forEach(old -> writes.add(new Store.Write.Delete(revision(name, old))));
        }
        durably("declare " + name, () -> shared.txn(List.of(), writes));
    }

    /// The revisions of an app that can be gone back to.
    SortedSet<Integer> revisions(AppName app) {
        String prefix = APPS + app + REVISIONS;
        return shared.list(prefix).entries().stream().map(entry -> Integer.valueOf(entry.key().substring(prefix.length())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The manifest of a revision, and when it was applied.
    /// @throws Failure `NOT_FOUND` when it is not kept
    Revision kept(AppName app, int number) {
        return shared.get(revision(app, number)).map(entry -> {
            DesiredApp kept = json.read(DesiredApp.class, entry.value());
            return new Revision(number, new ManifestSource(Path.of(kept.file()), kept.text(), kept.variables()), kept.appliedAt(),
                    Optional.ofNullable(kept.failed()));
        }).orElseThrow(() -> new Failure(Failure.Kind.NOT_FOUND, "cannot find revision " + number + " of " + app + ": kept are "
                + revisions(app).stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }

    /// A manifest that an app had.
    /// @param failed why it did not come up; empty where it did, or need not
    record Revision(int number, ManifestSource source, Instant appliedAt, Optional<String> failed) {}

    /// The number of an app's next revision.
    int nextRevision(App app) {
        SortedSet<Integer> known = revisions(app.spec().name());
        return Math.max(app.revision(), known.isEmpty() ? 0 : known.last()) + 1;
    }

    /// The last revision before one that came up as far as is known.
    Optional<Integer> goodBefore(AppName app, int revision) {
        return revisions(app).headSet(revision).stream().filter(number -> kept(app, number).failed().isEmpty()).max(Integer::compare);
    }

    /// Notes that a revision did not come up.
    void failed(AppName app, int revision, String reason) {
        shared.get(revision(app, revision)).ifPresent(entry -> {
            DesiredApp kept = json.read(DesiredApp.class, entry.value());
            var noted = new DesiredApp(kept.file(), kept.text(), kept.variables(), kept.appliedAt(), List.of(), revision, 0, null,
                    List.of(), reason, List.of(), List.of());
            durably("note that revision " + revision + " failed", () -> shared.put(revision(app, revision), json.bytes(noted)));
        });
    }

    private static String revision(AppName app, int number) {
        return APPS + app + REVISIONS + number;
    }

    private static Store.Write put(String key, byte[] value) {
        return new Store.Write.Put(key, value, Store.Lease.NONE);
    }

    void remove(AppName app) {
        var writes = new ArrayList<Store.Write>();
        writes.add(new Store.Write.Delete(key(app)));
        revisions(app).forEach(number -> writes.add(new Store.Write.Delete(revision(app, number))));
        durably("forget " + app, () -> shared.txn(List.of(), writes));
    }

    Map<InstanceId, Integer> ports() {
        var ports = new TreeMap<InstanceId, Integer>();
        for (Store.Entry entry : local.list(PORTS).entries()) {
            ports.put(InstanceId.parse(entry.key().substring(PORTS.length())), Integer.parseInt(text(entry.value())));
        }
        return ports;
    }

    void savePorts(Map<InstanceId, Integer> ports) {
        List<Store.Write> writes = ports.entrySet().stream()
                .<Store.Write>map(port ->
                        new Store.Write.Put(PORTS + port.getKey(), bytes(String.valueOf(port.getValue())), Store.Lease.NONE))
                .toList();
        // more than one transaction takes are saved in several: what a crash leaves of them is given again
        for (int from = 0; from < writes.size(); from += Limits.OPERATIONS) {
            List<Store.Write> some = writes.subList(from, Math.min(from + Limits.OPERATIONS, writes.size()));
            durably("keep ports", () -> local.txn(List.of(), some));
        }
    }

    void forgetPort(InstanceId id) {
        durably("forget the port of " + id, () -> local.delete(PORTS + id));
    }

    Map<ServiceId, SleepKind> asleep() {
        var asleep = new TreeMap<ServiceId, SleepKind>();
        for (Store.Entry entry : local.list(ASLEEP).entries()) {
            asleep.put(ServiceId.parse(entry.key().substring(ASLEEP.length())), SleepKind.valueOf(text(entry.value())));
        }
        return asleep;
    }

    void saveAsleep(ServiceId service, SleepKind how) {
        durably("remember that " + service + " sleeps", () -> local.put(ASLEEP + service, bytes(how.name())));
    }

    void forgetAsleep(ServiceId service) {
        durably("remember that " + service + " is awake", () -> local.delete(ASLEEP + service));
    }

    /// Whether a hook that shall run once has run for a service on this node.
    /// @param what its moment and command
    boolean hookDone(ServiceId service, String what) {
        return local.get(HOOKS + service + "/" + fingerprint(what)).isPresent();
    }

    void saveHookDone(ServiceId service, String what) {
        durably("remember a hook of " + service, () -> local.put(HOOKS + service + "/" + fingerprint(what), bytes("done")));
    }

    /// An app that is declared again later runs its hooks again.
    void forgetHooks(AppName app) {
        local.list(HOOKS + app + "/").entries().forEach(entry -> durably("forget the hooks of " + app, () -> local.delete(entry.key())));
    }

    private static String fingerprint(String what) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(what)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static void durably(String what, Runnable write) {
        try {
            write.run();
        } catch (StoreException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot " + what + ": the store does not take it: " + e.getMessage(), e);
        }
    }

    private static String key(AppName app) {
        return APPS + app + DESIRED;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
