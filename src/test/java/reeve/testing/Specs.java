package reeve.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.Gate;
import reeve.model.Healthcheck;
import reeve.model.Hook;
import reeve.model.ManifestSource;
import reeve.model.RestartPolicy;
import reeve.model.Rollout;
import reeve.model.RouteSpec;
import reeve.model.Schedule;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepKind;
import reeve.model.SleepSpec;
import reeve.model.Template;
import reeve.model.Workload;

/// Makes specifications for tests: everything has a sensible value, a test names what it is about.
public final class Specs {
    private Specs() {}

    public static Service service(String name) {
        return new Service(name);
    }

    /// @param services in dependency order
    public static AppSpec app(String name, Service... services) {
        return AppSpec.of(new AppName(name), Arrays.stream(services).map(Service::spec).toList(), List.of());
    }

    public static ManifestSource source(String name) {
        return new ManifestSource(Path.of("/srv", name, "reeve.yaml"), "name: " + name, Map.of());
    }

    /// `${port}`.
    public static Template ownPort() {
        return new Template(List.of(new Template.OwnPort()));
    }

    /// One service in the making.
    public static final class Service {
        private final String name;
        private List<Template> command = List.of(Template.text("/bin/true"));
        private final List<Dependency> dependsOn = new ArrayList<>();
        private Healthcheck healthcheck = Healthcheck.of(new Healthcheck.None());
        private RestartPolicy restart = new RestartPolicy.Always();
        private int replicas = 1;
        private List<RouteSpec> routes = List.of();
        private SleepSpec sleep = new SleepSpec.Never();
        private Gate gate = Gate.OPEN;
        private Map<String, Template> environment = Map.of();
        private Rollout rollout = Rollout.DEFAULT;

        private List<Hook> hooks = List.of();
        private Schedule schedule = new Schedule.Continuous();

        private Service(String name) {
            this.name = name;
        }

        public Service command(String... words) {
            command = Arrays.stream(words).map(Template::text).toList();
            return this;
        }

        public Service after(String other, Condition condition) {
            dependsOn.add(new Dependency(new ServiceName(other), condition, true));
            return this;
        }

        public Service mayFollow(String other, Condition condition) {
            dependsOn.add(new Dependency(new ServiceName(other), condition, false));
            return this;
        }

        public Service probed() {
            healthcheck = Healthcheck.of(new Healthcheck.Tcp());
            return this;
        }

        /// @param words of the command; the hook may take a minute
        public Service hook(Hook.Moment moment, Hook.Repeat repeat, String... words) {
            var hook = new Hook(moment, repeat, Arrays.stream(words).map(Template::text).toList(), Hook.DEFAULT_TIMEOUT);
            hooks = Stream.concat(hooks.stream(), Stream.of(hook)).toList();
            return this;
        }

        public Service scheduled(Schedule when) {
            schedule = when;
            return this;
        }

        public Service once() {
            restart = new RestartPolicy.Never();
            return this;
        }

        public Service replicas(int count) {
            replicas = count;
            return this;
        }

        public Service routed(String host) {
            routes = List.of(new RouteSpec(host, "/"));
            return this;
        }

        public Service sleeping(SleepKind how, Duration after) {
            sleep = new SleepSpec.WhenIdle(after, how, Duration.ofSeconds(30));
            return this;
        }

        public Service rollout(Rollout.Order order) {
            rollout = new Rollout(order, Rollout.DEFAULT_DRAIN);
            return this;
        }

        public Service gated(Gate closedOrOpen) {
            gate = closedOrOpen;
            return this;
        }

        public Service environment(String key, Template value) {
            environment = Map.of(key, value);
            return this;
        }

        public ServiceSpec spec() {
            ServiceSpec plain = ServiceSpec.of(new ServiceName(name), new Workload.Process(command, Path.of("/srv")));
            return new ServiceSpec(plain.name(), plain.workload(), environment, List.of(), plain.secrets(), dependsOn, healthcheck,
                    plain.checks(), restart, plain.startLimits(), plain.stopSignal(), Duration.ofSeconds(5), replicas, Map.of(), 0, routes,
                    plain.balance(), sleep, gate, rollout, schedule, hooks, plain.notification(), plain.confinement(), plain.resources(),
                    plain.logs());
        }
    }
}
