package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Address;
import reeve.model.AppName;
import reeve.model.AppRoute;
import reeve.model.AppSpec;
import reeve.model.BackendTls;
import reeve.model.FileRoot;
import reeve.model.ManifestFiles;
import reeve.model.Network;
import reeve.model.Redirect;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.Workload;

/// Reads the top level of a manifest, and through [ServiceReader] each service.
final class AppReader {
    /// More services in one app are refused.
    static final int MOST_SERVICES = 1000;

    private final Path file;
    private final Templates templates;

    AppReader(Path file, Templates templates) {
        this.file = file;
        this.templates = templates;
    }

    Optional<AppSpec> read(Value root) {
        Fields top = root.fields(AppKeys.TOP.keys());
        top.get("version").ifPresent(version -> version.warn("is obsolete and not looked at"));
        Optional<AppName> name = name(root, top);
        name.ifPresent(templates::named);
        Path folder = Optional.ofNullable(file.toAbsolutePath().normalize().getParent()).orElse(file);
        var bare = new Scope(folder, name.map(AppName::value).orElse("app"), templates, Declared.NOTHING);
        Declared declared = new SharedReader(bare).read(top);
        var profiles = new Profiles(templates);
        var scope = new Scope(folder, bare.app(), templates, declared);
        LinkedHashMap<ServiceName, Draft> drafts = services(top, profiles, scope);
        var external = new ArrayList<Draft.Routed>();
        var externalRoutes = new ArrayList<AppRoute>();
        for (Value route : externalRoutes(top)) {
            external(route, scope).ifPresent(read -> {
                externalRoutes.add(read);
                external.add(new Draft.Routed(read.route(), route));
            });
        }
        if (top.lacks("services") && top.lacks("routes") && top.lacks("x-reeve") && root.isMapping()) {
            root.wrong("declares nothing: write 'services', 'routes' or both");
        }
        var checks = new Consistency(drafts, profiles.inactive(), external, templates.mentions());
        Predicate<ServiceSpec> companion = service -> CompanionRules.companions(drafts).contains(service.name());
        return checks.ordered().flatMap(services -> name.map(app -> new AppSpec(app, Optional.empty(),
                services.stream().filter(companion.negate()).toList(), externalRoutes,
                List.copyOf(declared.volumes().values()), used(declared, services), services.stream().filter(companion).toList())));
    }

    /// Without the default network where no container is attached to it.
    private static List<Network> used(Declared declared, List<ServiceSpec> services) {
        boolean standard = services.stream().anyMatch(service -> service.workload() instanceof Workload.Container container
                && container.networks().stream().anyMatch(attachment -> attachment.network().equals(SharedReader.DEFAULT_NETWORK)));
        return declared.networks().values().stream()
                .filter(network -> standard || !network.key().equals(SharedReader.DEFAULT_NETWORK)).toList();
    }

    private Optional<AppName> name(Value root, Fields top) {
        if (top.has("name")) {
            return top.get("name").flatMap(name -> name.text(AppName::new));
        }
        String fromCaller = templates.variable(ManifestFiles.PROJECT).orElse("");
        if (!fromCaller.isEmpty()) {
            if (AppName.allows(fromCaller)) {
                return Optional.of(new AppName(fromCaller));
            }
            root.wrong("cannot use " + ManifestFiles.PROJECT + " '" + Value.cut(fromCaller) + "' as app name: allowed are "
                    + AppName.ALLOWED);
            return Optional.empty();
        }
        Path folder = file.toAbsolutePath().getParent();
        String derived = folder == null || folder.getFileName() == null ? "" : normalized(folder.getFileName().toString());
        if (AppName.allows(derived)) {
            return Optional.of(new AppName(derived));
        }
        root.wrong("cannot derive the app's name from its folder '" + (folder == null ? "" : folder) + "': write 'name'");
        return Optional.empty();
    }

    /// Compose's rule for a project's name that comes from a folder.
    private static String normalized(String folder) {
        return folder.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "").replaceAll("^[_-]+", "");
    }

    private LinkedHashMap<ServiceName, Draft> services(Fields top, Profiles profiles, Scope scope) {
        var drafts = new LinkedHashMap<ServiceName, Draft>();
        List<Value> services = top.get("services").map(Value::entries).orElse(List.of());
        if (services.size() > MOST_SERVICES) {
            top.get("services").orElseThrow().wrong("cannot run " + services.size() + " services in one app: allowed are " + MOST_SERVICES);
            return drafts;
        }
        var reader = new ServiceReader(scope);
        for (Value service : services) {
            if (!ServiceName.allows(service.name())) {
                service.wrongKey("cannot use '" + Value.cut(service.name()) + "' as service name: allowed are " + ServiceName.ALLOWED);
            } else if (profiles.active(service)) {
                Draft draft = reader.read(new ServiceName(service.name()), service);
                drafts.put(draft.name(), draft);
            }
        }
        return drafts;
    }

    private static List<Value> externalRoutes(Fields top) {
        var routes = new ArrayList<Value>();
        top.get("routes").ifPresent(list -> routes.addAll(list.items()));
        top.get("x-reeve").flatMap(own -> own.fields(AppKeys.OWN.keys()).get("routes")).ifPresent(list -> routes.addAll(list.items()));
        return routes;
    }

    private static Optional<AppRoute> external(Value value, Scope scope) {
        Fields fields = value.fields(AppKeys.EXTERNAL_ROUTE.keys());
        if (fields.has("files") || fields.reported("files")) {
            for (String key : List.of("to", "redirect", "backend_tls")) {
                fields.get(key).ifPresent(given -> given.wrong("cannot be beside 'files'"));
            }
            Optional<FileRoot> root = fields.get("files").flatMap(given -> EdgeReader.files(given, scope.folder()));
            return RouteReader.route(value, fields, scope).flatMap(route -> root.map(files -> new AppRoute.ToFiles(route, files)));
        }
        boolean redirects = fields.has("redirect") || fields.reported("redirect");
        if (value.isMapping() && (redirects ? fields.has("to") : fields.lacks("to"))) {
            value.wrong(redirects ? "cannot have both 'to' and 'redirect'"
                    : "needs 'to', such as http://10.0.0.7:8080, 'redirect' or 'files'");
        }
        if (redirects) {
            for (String key : List.of("strip_prefix", "rewrite", "backend_tls")) {
                fields.get(key).ifPresent(given -> given.wrong("cannot be for what is redirected: say it in redirect.to"));
            }
            Optional<Redirect> redirect = fields.get("redirect").flatMap(RouteReader::redirect);
            return RouteReader.route(value, fields, scope).flatMap(route -> redirect.map(where -> new AppRoute.ToRedirect(route, where)));
        }
        Optional<Address> to = fields.get("to").flatMap(target -> target.text(AppReader::backend));
        boolean encrypted = fields.get("to").flatMap(Value::written).filter(url -> url.startsWith("https://")).isPresent();
        Optional<BackendTls> tls = BackendTlsReader.read(fields.get("backend_tls"), scope);
        if (!encrypted) {
            fields.get("backend_tls").ifPresent(given -> given.wrong("needs a backend of https: write to: \"https://HOST:PORT\""));
        }
        return RouteReader.route(value, fields, scope).flatMap(route -> to.map(address -> new AppRoute.ToExternal(route, address,
                encrypted ? tls.or(() -> Optional.of(BackendTls.DEFAULT)) : Optional.empty())));
    }

    private static Address backend(String url) {
        boolean encrypted = url.startsWith("https://");
        String address = encrypted || url.startsWith("http://") ? url.substring(encrypted ? 8 : 7).replaceFirst("/$", "") : "";
        if (!address.matches("(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9_.-]{1,253})(:[0-9]{1,5})?")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(url) + "': allowed is http://HOST:PORT or https://HOST:PORT");
        }
        return Address.parse(address.matches(".*:[0-9]{1,5}") && !address.endsWith("]") ? address : address + (encrypted ? ":443" : ":80"));
    }
}
