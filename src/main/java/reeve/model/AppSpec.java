package reeve.model;

import java.util.List;
import java.util.Optional;

/// What one manifest declares.
/// @param version  the manifest's own word for this state of the app; empty where it says none
/// @param services in dependency order: each stands after all that it depends on, otherwise as in the manifest
public record AppSpec(
        AppName name,
        Optional<String> version,
        List<ServiceSpec> services,
        List<ExternalRoute> routes,
        List<Volume> volumes,
        List<Network> networks) {

    public AppSpec {
        services = List.copyOf(services);
        routes = List.copyOf(routes);
        volumes = List.copyOf(volumes);
        networks = List.copyOf(networks);
    }

    /// An app of processes only.
    public static AppSpec of(AppName name, List<ServiceSpec> services, List<ExternalRoute> routes) {
        return new AppSpec(name, Optional.empty(), services, routes, List.of(), List.of());
    }

    public AppSpec withServices(List<ServiceSpec> next) {
        return new AppSpec(name, version, next, routes, volumes, networks);
    }

    public Optional<ServiceSpec> service(ServiceName service) {
        return services.stream().filter(spec -> spec.name().equals(service)).findFirst();
    }
}
