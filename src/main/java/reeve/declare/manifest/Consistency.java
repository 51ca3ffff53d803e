package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import reeve.base.Nearest;
import reeve.declare.yaml.Value;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.Healthcheck;
import reeve.model.RestartPolicy;
import reeve.model.RouteSpec;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.Template;

/// What only shows when all values of a service, or all services of an app, are looked at together.
final class Consistency {
    private static final int MOST_NAMES = 20;

    private final SequencedMap<ServiceName, Draft> drafts;
    private final List<Draft.Routed> external;
    private final List<Templates.Mention> mentions;

    Consistency(SequencedMap<ServiceName, Draft> drafts, List<Draft.Routed> external, List<Templates.Mention> mentions) {
        this.drafts = drafts;
        this.external = external;
        this.mentions = mentions;
    }

    /// @return the services in dependency order; empty when there is none. Whatever is wrong was reported.
    Optional<List<ServiceSpec>> ordered() {
        drafts.values().stream().filter(Draft::whole).forEach(Consistency::port);
        drafts.values().forEach(this::dependencies);
        drafts.values().forEach(this::sleep);
        mentions.forEach(this::mention);
        duplicates();
        Set<ServiceName> awaited = awaited();
        return new DependencyOrder(drafts).ordered().map(order -> order.stream().map(draft -> finished(draft, awaited)).toList());
    }

    /// A program must have a way to know the port that Reeve expects it on.
    private static void port(Draft draft) {
        ServiceSpec spec = draft.spec();
        if (spec.fixedPort() != 0 && spec.replicas() > 1) {
            draft.at("replicas").wrong("cannot run " + spec.replicas() + " replicas on the one port " + spec.fixedPort()
                    + ": leave out route.port and write ${port} in command or environment");
        }
        boolean probed = spec.healthcheck().probe() instanceof Healthcheck.Http || spec.healthcheck().probe() instanceof Healthcheck.Tcp;
        if (knowsPort(spec)) {
            return;
        }
        if (!spec.routes().isEmpty()) {
            draft.routes().getFirst().where().wrong("cannot tell where '" + spec.name()
                    + "' listens: write ${port} in its command or environment, or its fixed port as route.port");
        } else if (probed) {
            draft.at("healthcheck").wrong("cannot probe '" + spec.name() + "' without a port: write ${port} in its command or environment");
        }
    }

    private static boolean knowsPort(ServiceSpec spec) {
        var texts = new ArrayList<>(spec.workload().command());
        texts.addAll(spec.environment().values());
        return spec.fixedPort() != 0 || texts.stream()
                .anyMatch(text -> text.references().stream().anyMatch(Template.OwnPort.class::isInstance));
    }

    private void sleep(Draft draft) {
        if (draft.spec().sleep() instanceof SleepSpec.WhenIdle && !draft.at().containsKey("route")) {
            draft.at("sleep").wrong("cannot sleep without a route: Reeve would not see its requests, and none could wake it");
        }
    }

    private void dependencies(Draft draft) {
        for (Draft.Needed need : draft.needs()) {
            Dependency dependency = need.dependency();
            ServiceName name = dependency.service();
            if (name.equals(draft.name())) {
                need.where().wrong("cannot depend on itself");
            } else if (!drafts.containsKey(name)) {
                if (dependency.required()) {
                    unknown(need.where(), name);
                } else {
                    need.where().warn("is not looked at: there is no service '" + name + "' in this app");
                }
            } else if (dependency.condition() == Condition.COMPLETED && drafts.get(name).choseRestart()
                    && drafts.get(name).spec().restart() instanceof RestartPolicy.Always) {
                need.where().wrong("cannot wait for '" + name
                        + "' to complete: it is always restarted; write restart: \"no\" or on-failure there");
            }
        }
    }

    private void unknown(Value where, ServiceName name) {
        if (!where.wantsErrors()) {
            return;
        }
        List<String> names = drafts.keySet().stream().map(ServiceName::value).toList();
        String hint = Nearest.hint(name.value(), names);
        String declared = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())))
                + (names.size() > MOST_NAMES ? ", …" : "");
        where.wrong("there is no service '" + name + "' in this app" + (hint.isEmpty() ? ";" : hint) + " declared: " + declared);
    }

    private void mention(Templates.Mention mention) {
        switch (mention.reference()) {
            case Template.ServiceAddress(ServiceName name) -> target(mention.where(), name);
            case Template.ServicePort(ServiceName name) -> target(mention.where(), name);
            case Template.OwnPort _, Template.JavaHome _, Template.NodeFact _, Template.Feature _, Template.Value _ -> { }
        }
    }

    private void target(Value where, ServiceName name) {
        Draft target = drafts.get(name);
        if (target == null) {
            unknown(where, name);
        } else if (target.whole() && !target.spec().hasPort()) {
            where.wrong("cannot give the address of '" + name + "': it has no port; write ${port} in its command or environment");
        }
    }

    private void duplicates() {
        var owners = new HashMap<RouteSpec, String>();
        var all = new ArrayList<Draft.Routed>();
        drafts.values().forEach(draft -> all.addAll(draft.routes()));
        all.addAll(external);
        for (Draft.Routed routed : all) {
            String first = owners.putIfAbsent(routed.route(), routed.where().key());
            if (first != null) {
                routed.where().wrong("cannot route " + routed.route() + " twice: " + first + " has it too");
            }
        }
    }

    /// Without dependencies on what does not exist; and what others wait to see completed runs once unless told otherwise.
    private ServiceSpec finished(Draft draft, Set<ServiceName> awaited) {
        ServiceSpec spec = draft.spec();
        List<Dependency> known = spec.dependsOn().stream().filter(dependency -> drafts.containsKey(dependency.service())).toList();
        RestartPolicy restart = !draft.choseRestart() && awaited.contains(spec.name()) ? new RestartPolicy.Never() : spec.restart();
        return spec.withDependsOn(known).withRestart(restart);
    }

    private Set<ServiceName> awaited() {
        return drafts.values().stream()
                .flatMap(draft -> draft.needs().stream())
                .map(Draft.Needed::dependency)
                .filter(dependency -> dependency.condition() == Condition.COMPLETED)
                .map(Dependency::service)
                .collect(Collectors.toSet());
    }
}
