package reeve.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What one manifest declares.
/// @param version  the manifest's own word for this state of the app; empty where it says none
/// @param services in dependency order: each stands after all that it depends on, otherwise as in the manifest
/// @param companions containers that systemd runs, after the services; one replica each
public record AppSpec(
        AppName name,
        Optional<String> version,
        List<ServiceSpec> services,
        List<AppRoute> routes,
        List<Volume> volumes,
        List<Network> networks,
        List<ServiceSpec> companions) {

    public AppSpec {
        services = List.copyOf(services);
        routes = List.copyOf(routes);
        volumes = List.copyOf(volumes);
        networks = List.copyOf(networks);
        companions = List.copyOf(companions);
    }

    /// An app without companions.
    public AppSpec(AppName name, Optional<String> version, List<ServiceSpec> services, List<AppRoute> routes, List<Volume> volumes,
            List<Network> networks) {
        this(name, version, services, routes, volumes, networks, List.of());
    }

    /// An app of processes only.
    public static AppSpec of(AppName name, List<ServiceSpec> services, List<AppRoute> routes) {
        return new AppSpec(name, Optional.empty(), services, routes, List.of(), List.of());
    }

    public AppSpec withServices(List<ServiceSpec> next) {
        return new AppSpec(name, version, next, routes, volumes, networks, companions);
    }

    /// Services, then companions.
    public List<ServiceSpec> all() {
        return companions.isEmpty() ? services : Stream.concat(services.stream(), companions.stream()).toList();
    }

    /// The service of this name, or the companion.
    public Optional<ServiceSpec> service(ServiceName service) {
        return all().stream().filter(spec -> spec.name().equals(service)).findFirst();
    }
}
