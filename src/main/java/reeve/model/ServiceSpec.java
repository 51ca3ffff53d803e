package reeve.model;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One service as its manifest declares it.
/// @param environment in the manifest's order; wins over `envFiles`
/// @param stopSignal  sent to the process group first
/// @param stopGrace   from the stop signal to KILL
/// @param fixedPort   what `${port}` is; 0 where Reeve picks a free one
/// @param routes      where the proxy serves it; empty for none
/// @param balance     which of its instances gets a request
public record ServiceSpec(
        ServiceName name,
        Workload workload,
        Map<String, Template> environment,
        List<EnvFile> envFiles,
        Secrets secrets,
        List<Dependency> dependsOn,
        Healthcheck healthcheck,
        Checks checks,
        RestartPolicy restart,
        StartLimits startLimits,
        StopSignal stopSignal,
        Duration stopGrace,
        int replicas,
        Map<String, String> labels,
        int fixedPort,
        List<RouteSpec> routes,
        Balance balance,
        SleepSpec sleep,
        Gate gate,
        Rollout rollout,
        Schedule schedule,
        List<Hook> hooks,
        Notification notification,
        Confinement confinement,
        Resources resources,
        LogRotation logs) {
    public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);
    public static final int MOST_REPLICAS = 1000;

    public ServiceSpec {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        envFiles = List.copyOf(envFiles);
        dependsOn = List.copyOf(dependsOn);
        labels = Map.copyOf(labels);
        routes = List.copyOf(routes);
        hooks = List.copyOf(hooks);
        Specs.notNegative("stop_grace_period", stopGrace);
        if (replicas < 0 || replicas > MOST_REPLICAS) {
            throw new IllegalArgumentException("cannot run " + replicas + " replicas: allowed are 0 to " + MOST_REPLICAS);
        }
    }

    /// A service of which nothing is said but what runs: everything else is as a manifest's silence means it.
    public static ServiceSpec of(ServiceName name, Workload workload) {
        return new ServiceSpec(name, workload, Map.of(), List.of(), Secrets.NONE, List.of(), Healthcheck.of(new Healthcheck.None()),
                Checks.NONE, new RestartPolicy.Always(), StartLimits.NONE, StopSignal.SIGTERM, DEFAULT_STOP_GRACE, 1, Map.of(), 0,
                        List.of(), Balance.DEFAULT,
                new SleepSpec.Never(), Gate.OPEN, Rollout.DEFAULT, new Schedule.Continuous(), List.of(), Notification.NONE,
                Confinement.NONE, Resources.UNLIMITED, LogRotation.DEFAULT);
    }

    /// Whether its instances have a port of their own on this machine: something in it names `${port}`, is probed there or is
    /// routed to it, or its container has one.
    public boolean hasPort() {
        return fixedPort != 0
                || !routes.isEmpty()
                || workload instanceof Workload.Container container && container.port() != 0
                || Stream.of(healthcheck, checks.startup(), checks.readiness(), checks.liveness()).anyMatch(ServiceSpec::asksPort)
                || workload.command().stream().anyMatch(ServiceSpec::namesPort)
                || environment.values().stream().anyMatch(ServiceSpec::namesPort);
    }

    private static boolean asksPort(Healthcheck check) {
        return check.probe() instanceof Healthcheck.Http || check.probe() instanceof Healthcheck.Tcp;
    }

    private static boolean namesPort(Template template) {
        return template.references().stream().anyMatch(Template.OwnPort.class::isInstance);
    }

    public ServiceSpec withDependsOn(List<Dependency> next) {
        return new ServiceSpec(name, workload, environment, envFiles, secrets, next, healthcheck, checks, restart, startLimits,
                stopSignal, stopGrace, replicas, labels, fixedPort, routes, balance, sleep, gate, rollout, schedule, hooks, notification,
                confinement, resources, logs);
    }

    public ServiceSpec withRestart(RestartPolicy next) {
        return new ServiceSpec(name, workload, environment, envFiles, secrets, dependsOn, healthcheck, checks, next, startLimits,
                stopSignal, stopGrace, replicas, labels, fixedPort, routes, balance, sleep, gate, rollout, schedule, hooks, notification,
                confinement, resources, logs);
    }

    public ServiceSpec withFixedPort(int port) {
        return new ServiceSpec(name, workload, environment, envFiles, secrets, dependsOn, healthcheck, checks, restart, startLimits,
                stopSignal, stopGrace, replicas, labels, port, routes, balance, sleep, gate, rollout, schedule, hooks, notification,
                confinement, resources, logs);
    }

    public ServiceSpec withReplicas(int count) {
        return new ServiceSpec(name, workload, environment, envFiles, secrets, dependsOn, healthcheck, checks, restart, startLimits,
                stopSignal, stopGrace, count, labels, fixedPort, routes, balance, sleep, gate, rollout, schedule, hooks, notification,
                confinement, resources, logs);
    }
}
