package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import reeve.base.Nearest;
import reeve.declare.yaml.Value;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.RestartPolicy;
import reeve.model.RouteHandling;
import reeve.model.RouteSpec;
import reeve.model.Schedule;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.SleepSpec;
import reeve.model.Template;
import reeve.model.Workload;

/// What only shows when all values of a service, or all services of an app, are looked at together.
final class Consistency {
    private static final int MOST_NAMES = 20;

    private final SequencedMap<ServiceName, Draft> drafts;
    private final Map<ServiceName, List<String>> inactive;
    private final List<Draft.Routed> external;
    private final List<Templates.Mention> mentions;

    /// @param inactive services that are left out, with their profiles
    Consistency(SequencedMap<ServiceName, Draft> drafts, Map<ServiceName, List<String>> inactive, List<Draft.Routed> external,
            List<Templates.Mention> mentions) {
        this.drafts = drafts;
        this.inactive = inactive;
        this.external = external;
        this.mentions = mentions;
    }

    /// @return the services in dependency order; empty when there is none. Whatever is wrong was reported.
    Optional<List<ServiceSpec>> ordered() {
        PortRules.check(drafts.values());
        CompanionRules.check(drafts);
        drafts.values().forEach(Consistency::schedule);
        drafts.values().forEach(this::dependencies);
        drafts.values().forEach(Consistency::balance);
        drafts.values().forEach(this::sleep);
        mentions.forEach(this::mention);
        duplicates();
        Set<ServiceName> awaited = awaited();
        return new DependencyOrder(drafts).ordered().map(order -> order.stream().map(draft -> finished(draft, awaited)).toList());
    }

    private static void balance(Draft draft) {
        for (String key : List.of("balance", "timeouts")) {
            if (draft.at().containsKey(key) && !draft.at().containsKey("route")) {
                draft.at(key).wrong("is for requests: the service needs a route");
            }
        }
    }

    private void sleep(Draft draft) {
        if (draft.spec().sleep() instanceof SleepSpec.WhenIdle && !draft.at().containsKey("route")) {
            draft.at("sleep").wrong("cannot sleep without a route: Reeve would not see its requests, and none could wake it");
        }
    }

    /// What ends by itself at its times neither serves nor is always restarted.
    private static void schedule(Draft draft) {
        if (draft.spec().schedule() instanceof Schedule.Cron) {
            if (draft.choseRestart() && draft.spec().restart() instanceof RestartPolicy.Always) {
                draft.at("restart").wrong("cannot always restart what has a schedule: write \"no\" or on-failure");
            }
            if (draft.at().containsKey("route")) {
                draft.at("schedule").wrong("cannot route to what runs only at its times");
            }
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
        if (inactive.containsKey(name)) {
            where.wrong("cannot use '" + name + "': it is left out, since none of its profiles is active; give one with --profile: "
                    + String.join(", ", inactive.get(name)));
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
            boolean container = target.spec().workload() instanceof Workload.Container;
            where.wrong("cannot give the address of '" + name + "': it has no port; write "
                    + (container ? "one 'expose' there, the port inside the container" : "${port} in its command or environment"));
        }
    }

    private void duplicates() {
        var owners = new HashMap<RouteSpec, Draft.Routed>();
        var all = new ArrayList<Draft.Routed>();
        drafts.values().forEach(draft -> all.addAll(draft.routes()));
        all.addAll(external);
        for (Draft.Routed routed : all) {
            Draft.Routed first = owners.putIfAbsent(routed.route().with(RouteHandling.PLAIN), routed);
            if (first != null && (hasNoWeight(first) || hasNoWeight(routed))) {
                routed.where().wrong("cannot route " + routed.route() + " twice: " + first.where().key()
                        + " has it too; they can share it if both have a weight");
            }
        }
    }

    private static boolean hasNoWeight(Draft.Routed routed) {
        return routed.route().handling().weight().isEmpty();
    }

    /// Without dependencies on what does not exist; and what others wait to see completed or what has a schedule
    /// runs once unless told otherwise.
    private ServiceSpec finished(Draft draft, Set<ServiceName> awaited) {
        ServiceSpec spec = draft.spec();
        List<Dependency> known = spec.dependsOn().stream().filter(dependency -> drafts.containsKey(dependency.service())).toList();
        boolean ends = awaited.contains(spec.name()) || spec.schedule() instanceof Schedule.Cron;
        RestartPolicy restart = !draft.choseRestart() && ends ? new RestartPolicy.Never() : spec.restart();
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
