package reeve.run.install;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reeve.base.Nearest;
import reeve.base.journal.Journal;
import reeve.declare.catalogue.Catalogue;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.ManifestSource;
import reeve.model.PassReport;
import reeve.model.Volume;
import reeve.model.wire.InstalledApp;
import reeve.model.wire.WireJson;
import reeve.run.reconcile.Apps;
import reeve.run.reconcile.Manifests;
import reeve.store.Store;
import reeve.store.StoreException;

/// Which apps of the catalogue are installed. A pass brings what is installed up to its entry and looks at no other entry.
public final class Installs {
    private static final String INSTALLED = "/reeve/v1/installed/";

    private final Catalogue catalogue;
    private final Store store;
    private final Apps apps;
    private final Manifests manifests;
    private final Removals removals;
    private final Journal journal;
    private final WireJson json = WireJson.lenient();

    /// @param catalogue of the node
    /// @param store     shared
    public Installs(Catalogue catalogue, Store store, Apps apps, Manifests manifests, Removals removals, Journal journal) {
        this.catalogue = catalogue;
        this.store = store;
        this.apps = apps;
        this.manifests = manifests;
        this.removals = removals;
        this.journal = journal;
    }

    /// An entry of the catalogue that was asked.
    /// @param file its manifest
    public record Listed(AppName app, Path file, boolean installed) {}

    /// What can be installed.
    /// @param folder instead of the node's own catalogue
    public List<Listed> list(Optional<Path> folder) {
        return chosen(folder).entries().stream()
                .map(entry -> new Listed(entry.app(), entry.file(), installed(entry.app()).isPresent())).toList();
    }

    /// Where that is looked for, the folder that wins first.
    public List<Path> folders(Optional<Path> folder) {
        return chosen(folder).folders();
    }

    /// Declares an app from its entry, and keeps it up to the entry from now on. Durable when it returns.
    /// @param folder instead of the node's own catalogue
    /// @throws Failure `NOT_FOUND`, `INVALID`, `CONFLICT` where the app was declared by other means, `UNAVAILABLE`
    public Apps.Plan install(AppName app, Optional<Path> folder) {
        Catalogue from = chosen(folder);
        Catalogue.Entry entry = from.find(app).orElseThrow(() -> notFound(app, from));
        ManifestSource source = Catalogue.read(entry);
        AppSpec spec = spec(app, source);
        if (apps.declares(app) && installed(app).isEmpty()) {
            throw new Failure(Failure.Kind.CONFLICT, "cannot install '" + app
                    + "': an app of this name is declared by other means; take it down first");
        }
        var folders = folder.stream().map(Path::toString).toList();
        boolean known = installed(app).isPresent();
        save(app, new InstalledApp(folders, "")); // first: a pass goes on where a crash left off
        Apps.Plan plan = applied(app, source, spec, known);
        save(app, new InstalledApp(folders, digest(source)));
        journal.append(app.value(), "installed", "a user asked for it", Map.of("from", entry.file().toString()));
        return plan;
    }

    /// What is refused is not tried again by each pass.
    private Apps.Plan applied(AppName app, ManifestSource source, AppSpec spec, boolean known) {
        try {
            return apps.apply(source, spec);
        } catch (Failure refused) {
            if (!known && refused.kind() == Failure.Kind.INVALID) {
                durably("forget that " + app + " was to be installed", () -> store.delete(INSTALLED + app));
            }
            throw refused;
        }
    }

    /// Stops an app and forgets it.
    /// @param volumes whether its volumes are removed once everything of it has stopped
    public void uninstall(AppName app, boolean volumes) {
        if (installed(app).isEmpty()) {
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot uninstall '" + app + "': it is not installed"
                    + (apps.declares(app) ? "; it was declared by other means: see reeve down" : ""));
        }
        durably("forget that " + app + " is installed", () -> store.delete(INSTALLED + app));
        journal.append(app.value(), "uninstalled", "a user asked for it", Map.of("volumes", volumes ? "go" : "stay"));
        if (apps.declares(app)) {
            down(app, volumes);
        }
    }

    /// Stops an app and forgets it, however it was declared. Durable when it returns.
    /// @param volumes whether its volumes are removed once everything of it has stopped
    /// @return the volumes that will be
    public List<String> down(AppName app, boolean volumes) {
        List<String> names = !volumes ? List.of() : apps.snapshot().app(app).stream().flatMap(status -> status.spec().volumes().stream())
                .filter(volume -> !volume.external()).map(Volume::name).toList();
        apps.down(app);
        if (!names.isEmpty()) {
            removals.add(app, names); // last: should this fail, data stays
        }
        return names;
    }

    /// A stage of a pass: applies entries of installed apps that changed. An entry that is wrong or gone leaves its app as it is.
    public PassReport pass() {
        var actions = new ArrayList<PassReport.Action>();
        var failures = new ArrayList<PassReport.Failed>();
        Map<AppName, InstalledApp> installed = installed();
        installed.forEach((app, record) -> {
            try {
                pass(app, record).ifPresent(what -> actions.add(new PassReport.Action(app.value(), what)));
            } catch (RuntimeException | Error e) { // it concerns no other app
                failures.add(new PassReport.Failed(app.value(), String.valueOf(e.getMessage())));
            }
        });
        return new PassReport(installed.size(), actions, failures);
    }

    private Optional<String> pass(AppName app, InstalledApp record) {
        if (!record.applied().isEmpty() && !apps.declares(app)) {
            durably("forget that " + app + " is installed", () -> store.delete(INSTALLED + app));
            journal.append(app.value(), "uninstalled", "it was taken down", Map.of());
            return Optional.empty();
        }
        Catalogue from = chosen(record);
        Catalogue.Entry entry = from.find(app).orElseThrow(() -> new Failure(Failure.Kind.NOT_FOUND,
                "its entry is gone from the catalogue " + from.folders() + "; it goes on as it is"));
        ManifestSource source = Catalogue.read(entry);
        String digest = digest(source);
        if (digest.equals(record.applied())) {
            return Optional.empty();
        }
        apps.apply(source, spec(app, source));
        save(app, new InstalledApp(record.folders(), digest)); // only now: what failed is tried again
        journal.append(app.value(), "updated", "its entry in the catalogue changed", Map.of("from", entry.file().toString()));
        return Optional.of("apply");
    }

    private AppSpec spec(AppName app, ManifestSource source) {
        AppSpec spec = manifests.read(source);
        if (!spec.name().equals(app)) {
            throw new Failure(Failure.Kind.INVALID, "cannot install '" + app + "': " + source.file() + " declares '" + spec.name()
                    + "'; write 'name: " + app + "' there");
        }
        return spec;
    }

    private Catalogue chosen(Optional<Path> folder) {
        return folder.map(one -> new Catalogue(List.of(one))).orElse(catalogue);
    }

    private Catalogue chosen(InstalledApp record) {
        return record.folders().isEmpty() ? catalogue : new Catalogue(record.folders().stream().map(Path::of).toList());
    }

    private static Failure notFound(AppName app, Catalogue from) {
        List<String> names = from.entries().stream().map(entry -> entry.app().value()).toList();
        return new Failure(Failure.Kind.NOT_FOUND, "cannot install '" + app + "': it is not in the catalogue "
                + from.folders().stream().map(folder -> folder + (Files.isDirectory(folder) ? "" : " (no such folder)"))
                        .collect(Collectors.joining(", "))
                + (names.isEmpty() ? ", which is empty" : Nearest.hint(app.value(), names)));
    }

    private Optional<InstalledApp> installed(AppName app) {
        return store.get(INSTALLED + app).map(entry -> json.read(InstalledApp.class, entry.value()));
    }

    private Map<AppName, InstalledApp> installed() {
        var installed = new TreeMap<AppName, InstalledApp>();
        store.list(INSTALLED).entries().forEach(entry ->
                installed.put(new AppName(entry.key().substring(INSTALLED.length())), json.read(InstalledApp.class, entry.value())));
        return installed;
    }

    private void save(AppName app, InstalledApp record) {
        durably("remember that " + app + " is installed", () -> store.put(INSTALLED + app, json.bytes(record)));
    }

    private static void durably(String what, Runnable write) {
        try {
            write.run();
        } catch (StoreException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot " + what + ": the store does not take it: " + e.getMessage(), e);
        }
    }

    private static String digest(ManifestSource source) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            String whole = source.file() + "\0" + new TreeMap<>(source.variables()) + "\0" + source.text();
            return HexFormat.of().formatHex(sha.digest(whole.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
