package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.Address;
import reeve.model.AppSpec;
import reeve.model.EnvFile;
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

/// Fills in the templates of one instance. Pure.
sealed interface Resolution {

    /// Everything is known.
    /// @param digest what must stay equal for a running instance to be kept, see [Digest]
    /// @param probe the program of an exec healthcheck; empty for other checks
    record Resolved(
            List<String> command, List<String> probe, Map<String, String> environment, List<EnvFile> envFiles, Path workingDirectory,
                    String digest)
            implements Resolution {}

    /// Something it needs does not exist: the instance must not run.
    record Missing(String reason) implements Resolution {}

    /// Something it needs cannot be looked up just now: the instance is left as it is.
    record Unknown(String reason) implements Resolution {}

    static Resolution of(AppSpec app, ServiceSpec spec, InstanceId id, Surroundings surroundings) {
        try {
            var filler = new Filler(app, id, surroundings);
            List<String> command = spec.workload().command().stream().map(filler::fill).toList();
            var environment = new LinkedHashMap<String, String>();
            spec.environment().forEach((key, value) -> environment.put(key, filler.fill(value)));
            List<String> probe = spec.healthcheck().probe() instanceof Healthcheck.Exec(List<Template> exec) ? exec.stream()
                    .map(filler::fill).toList() : List.of();
            Path workingDirectory = spec.workload() instanceof Workload.Process process ? process.workingDirectory() : Path.of("/");
            return new Resolved(command, probe, environment, spec.envFiles(), workingDirectory,
                    Digest.of(command, environment, spec));
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
    }

    /// Looks up references for one instance.
    record Filler(AppSpec app, InstanceId id, Surroundings surroundings) {

        String fill(Template template) {
            return template.fill(this::lookUp);
        }

        private String lookUp(Template.Reference reference) {
            return switch (reference) {
                case Template.OwnPort() -> String.valueOf(port(id));
                case Template.ServiceAddress(ServiceName service) -> address(service).toString();
                case Template.ServicePort(ServiceName service) -> String.valueOf(address(service).port());
                case Template.JavaHome() -> surroundings.javaHome();
                case Template.NodeFact(String key) -> nodeFact(key);
                case Template.Feature(String name) -> String.valueOf(surroundings.facts().features().getOrDefault(name, false));
                case Template.Value(String name) -> value(name);
            };
        }

        private int port(InstanceId instance) {
            Integer port = surroundings.ports().get(instance);
            if (port == null) {
                throw new Unfilled(new Missing("no port for " + instance));
            }
            return port;
        }

        /// One replica is reached directly, several through the proxy.
        private Address address(ServiceName name) {
            var service = new ServiceId(app.name(), name);
            ServiceSpec spec = app.service(name).orElseThrow(() -> new Unfilled(new Missing("no service " + name)));
            if (spec.replicas() == 1) {
                return Address.loopback(port(service.instance(1)));
            }
            if (spec.routes().stream().map(RouteSpec::host).noneMatch("*"::equals)) {
                throw new Unfilled(new Missing(name + " has " + spec.replicas()
                        + " replicas and no route with host '*': there is no one address"));
            }
            return surroundings.proxy().orElseThrow(() -> new Unfilled(new Missing("no proxy on this node to reach " + name)));
        }

        private String nodeFact(String key) {
            NodeFacts facts = surroundings.facts();
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
            NodeFacts.Fact fact = surroundings.facts().values().getOrDefault(name, new NodeFacts.Missing("not configured"));
            return switch (fact) {
                case NodeFacts.Known(String value) -> value;
                case NodeFacts.Missing(String reason) -> throw new Unfilled(new Missing("no value '" + name + "': " + reason));
                case NodeFacts.Unknown(String reason) -> throw new Unfilled(new Unknown("value '" + name + "' is unknown: " + reason));
            };
        }
    }
}
