package reeve.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One service as its manifest declares it.
/// @param command     program and arguments, never through a shell
/// @param environment in the manifest's order; wins over `envFiles`
/// @param workingDirectory absolute
/// @param stopSignal  sent to the process group first
/// @param stopGrace   from the stop signal to KILL
/// @param fixedPort   what `${port}` is; 0 where Reeve picks a free one
/// @param routes      where the proxy serves it; empty for none
public record ServiceSpec(
        ServiceName name,
        List<Template> command,
        Map<String, Template> environment,
        List<EnvFile> envFiles,
        Path workingDirectory,
        List<Dependency> dependsOn,
        Healthcheck healthcheck,
        RestartPolicy restart,
        StopSignal stopSignal,
        Duration stopGrace,
        int replicas,
        Map<String, String> labels,
        int fixedPort,
        List<RouteSpec> routes,
        SleepSpec sleep,
        Gate gate) {
    public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);
    public static final int MOST_REPLICAS = 1000;

    public ServiceSpec {
        command = List.copyOf(command);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        envFiles = List.copyOf(envFiles);
        dependsOn = List.copyOf(dependsOn);
        labels = Map.copyOf(labels);
        routes = List.copyOf(routes);
        Specs.notNegative("stop_grace_period", stopGrace);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("cannot run service '" + name + "' without a command");
        }
        if (replicas < 0 || replicas > MOST_REPLICAS) {
            throw new IllegalArgumentException("cannot run " + replicas + " replicas: allowed are 0 to " + MOST_REPLICAS);
        }
    }

    /// Whether its instances have a port of their own: something in it names `${port}`, is probed there or is routed to it.
    public boolean hasPort() {
        return fixedPort != 0
                || !routes.isEmpty()
                || healthcheck.probe() instanceof Healthcheck.Http
                || healthcheck.probe() instanceof Healthcheck.Tcp
                || command.stream().anyMatch(ServiceSpec::namesPort)
                || environment.values().stream().anyMatch(ServiceSpec::namesPort);
    }

    private static boolean namesPort(Template template) {
        return template.references().stream().anyMatch(Template.OwnPort.class::isInstance);
    }
}
