package reeve.model;

import java.util.List;
import java.util.Optional;

/// What one manifest declares.
/// @param services in dependency order: each stands after all that it depends on, otherwise as in the manifest
public record AppSpec(AppName name, List<ServiceSpec> services, List<ExternalRoute> routes) {

    public AppSpec {
        services = List.copyOf(services);
        routes = List.copyOf(routes);
    }

    public Optional<ServiceSpec> service(ServiceName service) {
        return services.stream().filter(spec -> spec.name().equals(service)).findFirst();
    }
}
