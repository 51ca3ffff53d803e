package reeve.run.reconcile;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.AppSpec;
import reeve.model.Gate;
import reeve.model.Healthcheck;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;
import reeve.model.RouteSpec;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Workload;
import reeve.run.supervise.Check;

/// Fills in the templates of one instance. Pure.
sealed interface Resolution {
    /// What Podman calls the machine from inside a container.
    String HOST_FROM_INSIDE = "host.containers.internal";

    /// Everything is known.
    /// @param entrypoint  of a container; empty for the image's
    /// @param probes      the programs of checks that run one
    /// @param hooks       the commands of the service's hooks, in their order
    /// @param digest      what must stay equal for a running instance to be kept, see [Digest]
    record Resolved(
            Optional<List<String>> entrypoint,
            List<String> command,
            Map<Check, List<String>> probes,
            List<List<String>> hooks,
            Map<String, String> environment,
            String digest)
            implements Resolution {}

    /// Something it needs does not exist: the instance must not run.
    record Missing(String reason) implements Resolution {}

    /// Something it needs cannot be looked up just now: the instance is left as it is.
    record Unknown(String reason) implements Resolution {}

    static Resolution of(AppSpec app, ServiceSpec spec, InstanceId id, NodeState state) {
        try {
            var filler = new Filler(app, spec, id, state);
            Optional<List<String>> entrypoint = spec.workload() instanceof Workload.Container container
                    ? container.entrypoint().map(filler::fillAll) : Optional.empty();
            List<String> command = filler.fillAll(spec.workload().command());
            var environment = new LinkedHashMap<String, String>();
            spec.environment().forEach((key, value) -> environment.put(key, filler.fill(value)));
            var probes = new EnumMap<Check, List<String>>(Check.class);
            for (Check check : Check.values()) {
                if (check.of(spec.healthcheck(), spec.checks()).probe() instanceof Healthcheck.Exec(List<Template> exec)) {
                    probes.put(check, filler.fillAll(exec));
                }
            }
            List<List<String>> hooks = spec.hooks().stream().map(hook -> filler.fillAll(hook.command())).toList();
            Inputs.Used inputs = Inputs.used(spec, state.surroundings().inputs());
            String digest = new Digest(app, spec).of(entrypoint.orElse(List.of()), command, environment, inputs);
            return new Resolved(entrypoint, command, probes, hooks, environment, digest);
        } catch (Unfilled e) {
            return e.outcome;
        }
    }

    /// Whether the service's gate is open on this node.
    /// @return empty when open, otherwise why it is closed
    static Optional<String> closed(Gate gate, NodeFacts facts) {
        for (var allowed : gate.onlyOn().entrySet()) {
            String actual = switch (allowed.getKey()) {
                case "class" -> facts.nodeClass();
                case "name" -> facts.name().value();
                default -> facts.labels().getOrDefault(allowed.getKey(), "");
            };
            if (!allowed.getValue().contains(actual)) {
                String allows = String.join(" or ", allowed.getValue().stream().sorted().toList());
                return Optional.of("only on " + allowed.getKey() + " " + allows + ", this node has "
                        + (actual.isEmpty() ? "none" : actual));
            }
        }
        String enabled = gate.enabled().fill(reference -> switch (reference) {
            case Template.Feature(String name) -> String.valueOf(facts.features().getOrDefault(name, false));
            case Template.NodeFact _, Template.Value _, Template.OwnPort _, Template.ServiceAddress _, Template.ServicePort _,
                    Template.JavaHome _ -> "";
        });
        return enabled.equals("true") ? Optional.empty() : Optional.of("not enabled: " + gate.enabled());
    }

    /// Why a template could not be filled in; never leaves [#of].
    final class Unfilled extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Resolution outcome;

        Unfilled(Resolution outcome) {
            super(null, null, false, false);
            this.outcome = outcome;
        }

        Resolution outcome() {
            return outcome;
        }
    }

    /// Looks up references for one instance.
    record Filler(AppSpec app, ServiceSpec asking, InstanceId id, NodeState state) {

        private Surroundings surroundings() {
            return state.surroundings();
        }

        List<String> fillAll(List<Template> templates) {
            return templates.stream().map(this::fill).toList();
        }


        String fill(Template template) {
            return template.fill(this::lookUp);
        }

        private String lookUp(Template.Reference reference) {
            return switch (reference) {
                case Template.OwnPort() -> String.valueOf(ownPort());
                case Template.ServiceAddress(ServiceName service) -> address(service).toString();
                case Template.ServicePort(ServiceName service) -> String.valueOf(address(service).port());
                case Template.JavaHome() -> surroundings().javaHome();
                case Template.NodeFact(String key) -> nodeFact(key);
                case Template.Feature(String name) -> String.valueOf(surroundings().facts().features().getOrDefault(name, false));
                case Template.Value(String name) -> value(name);
            };
        }

        /// Inside its container; on the network of the host, where none is inside, that of this machine.
        private int ownPort() {
            return asking.workload() instanceof Workload.Container container && container.port() != 0 ? container.port() : port(id);
        }

        private int port(InstanceId instance) {
            Integer port = surroundings().ports().get(instance);
            if (port == null) {
                throw new Unfilled(new Missing("no port for " + instance));
            }
            return port;
        }

        /// One replica is reached directly, several through the proxy. A container reaches others by their names.
        private Address address(ServiceName name) {
            ServiceSpec spec = app.service(name).orElseThrow(() -> new Unfilled(new Missing("no service " + name)));
            if (inside(asking) && spec.workload() instanceof Workload.Container container && inside(spec) && container.port() != 0) {
                return new Address(name.value(), container.port());
            }
            Address address = fromHost(name, spec);
            return inside(asking) ? new Address(HOST_FROM_INSIDE, address.port()) : address;
        }

        private Address fromHost(ServiceName name, ServiceSpec spec) {
            if (spec.replicas() == 1) {
                return Address.loopback(port(state.standing(new ServiceId(app.name(), name))));
            }
            if (spec.routes().stream().map(RouteSpec::host).noneMatch("*"::equals)) {
                throw new Unfilled(new Missing(name + " has " + spec.replicas()
                        + " replicas and no route with host '*': there is no one address"));
            }
            return surroundings().proxy().orElseThrow(() -> new Unfilled(new Missing("no proxy on this node to reach " + name)));
        }

        /// Whether a service has a network of its own, apart from the machine's.
        private static boolean inside(ServiceSpec spec) {
            return spec.workload() instanceof Workload.Container container
                    && container.networks().stream().noneMatch(network -> network.network().equals("host"));
        }

        private String nodeFact(String key) {
            NodeFacts facts = surroundings().facts();
            return switch (key) {
                case "name" -> facts.name().value();
                case "class" -> facts.nodeClass();
                default -> {
                    String label = facts.labels().get(key.startsWith("labels.") ? key.substring(7) : key);
                    if (label == null) {
                        throw new Unfilled(new Missing("this node has no " + key));
                    }
                    yield label;
                }
            };
        }

        private String value(String name) {
            NodeFacts.Fact fact = surroundings().facts().values().getOrDefault(name, new NodeFacts.Missing("not configured"));
            return switch (fact) {
                case NodeFacts.Known(String value) -> value;
                case NodeFacts.Missing(String reason) -> throw new Unfilled(new Missing("no value '" + name + "': " + reason));
                case NodeFacts.Unknown(String reason) -> throw new Unfilled(new Unknown("value '" + name + "' is unknown: " + reason));
            };
        }
    }
}
