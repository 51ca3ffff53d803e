package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.stream.Stream;
import reeve.model.Healthcheck;
import reeve.model.Rollout;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Workload;

/// Whether Reeve and each service can know at which port they meet, and no two want one port of this machine.
final class PortRules {
    private PortRules() {}

    static void check(Collection<Draft> drafts) {
        drafts.stream().filter(Draft::whole).forEach(draft -> {
            if (draft.spec().workload() instanceof Workload.Container container && !onHost(container)) {
                container(draft, container);
            } else {
                process(draft);
            }
        });
        published(drafts);
    }

    static boolean onHost(Workload.Container container) {
        return container.networks().stream().anyMatch(attachment -> attachment.network().equals(ContainerReader.HOST_NETWORK));
    }

    /// A program must have a way to know the port that Reeve expects it on.
    private static void process(Draft draft) {
        ServiceSpec spec = draft.spec();
        startFirst(draft, spec.fixedPort() != 0);
        if (spec.fixedPort() != 0 && spec.replicas() > 1) {
            draft.at("replicas").wrong("cannot run " + spec.replicas() + " replicas on the one port " + spec.fixedPort()
                    + ": leave it out and write ${port} in command or environment");
        }
        if (spec.fixedPort() == 0 && !namesPort(spec)) {
            lacking(draft, ": write ${port} in its command or environment, or its fixed port as route.port",
                    ": write ${port} in its command or environment, or beside the check its fixed port as 'port'");
        }
    }

    /// Which of a container's ports is meant must be known.
    private static void container(Draft draft, Workload.Container container) {
        ServiceSpec spec = draft.spec();
        boolean numbered = container.published().stream().anyMatch(port -> port.host() != 0);
        startFirst(draft, numbered);
        if (spec.replicas() > 1 && numbered) {
            draft.at("ports").wrong("cannot publish one port for " + spec.replicas() + " replicas: leave out the port of this machine");
        }
        if (container.networks().stream().anyMatch(attachment -> attachment.network().equals("none")) && spec.hasPort()) {
            draft.at("network_mode").wrong("cannot reach '" + spec.name() + "' without a network");
        } else if (container.port() == 0) {
            String how = ": write route.port, the port inside the container, or one 'expose'";
            if (namesPort(spec)) {
                draft.at("command").wrong("cannot tell what ${port} is in '" + spec.name() + "'" + how);
            }
            lacking(draft, how, ": write beside the check 'port', the port inside the container, or one 'expose'");
        }
    }

    /// The new instance would want the port that the old one has.
    private static void startFirst(Draft draft, boolean numbered) {
        if (numbered && draft.spec().rollout().order() == Rollout.Order.START_FIRST) {
            draft.at("deploy").wrong("cannot start the new instance first: both would want one port of this machine; leave out its number");
        }
    }

    private static void lacking(Draft draft, String forRoute, String forProbe) {
        ServiceSpec spec = draft.spec();
        if (!spec.routes().isEmpty()) {
            draft.routes().getFirst().where().wrong("cannot tell where '" + spec.name() + "' listens" + forRoute);
            return;
        }
        Stream.of("healthcheck", "startup", "readiness", "liveness").filter(key -> asksPort(spec, key)).findFirst()
                .ifPresent(key -> draft.at(key).wrong("cannot probe '" + spec.name() + "' without a port" + forProbe));
    }

    private static boolean asksPort(ServiceSpec spec, String key) {
        Healthcheck check = switch (key) {
            case "startup" -> spec.checks().startup();
            case "readiness" -> spec.checks().readiness();
            case "liveness" -> spec.checks().liveness();
            default -> spec.healthcheck();
        };
        return check.probe() instanceof Healthcheck.Http || check.probe() instanceof Healthcheck.Tcp;
    }

    private static boolean namesPort(ServiceSpec spec) {
        var texts = new ArrayList<>(spec.workload().command());
        texts.addAll(spec.environment().values());
        return texts.stream().anyMatch(text -> text.references().stream().anyMatch(Template.OwnPort.class::isInstance));
    }

    /// Each port of this machine leads to one container.
    private static void published(Collection<Draft> drafts) {
        var owners = new HashMap<String, String>();
        for (Draft draft : drafts) {
            if (draft.spec().workload() instanceof Workload.Container container) {
                for (Workload.PublishedPort port : container.published()) {
                    String name = (port.address().isEmpty() ? "" : port.address() + ":") + port.host() + "/" + port.protocol();
                    String first = port.host() == 0 ? null : owners.putIfAbsent(name, draft.at("ports").key());
                    if (first != null) {
                        draft.at("ports").wrong("cannot publish " + name + " twice: " + first + " has it too");
                    }
                }
            }
        }
    }
}
