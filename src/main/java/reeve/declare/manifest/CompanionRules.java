package reeve.declare.manifest;

import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reeve.model.ServiceName;
import reeve.model.Template;

/// What holds for companions, containers that systemd runs (`run_as: quadlet`): Reeve writes their units and does not watch, probe,
/// route to or wake them, so what asks for that is refused by name.
final class CompanionRules {
    static final String KEY = "run_as";
    private static final List<String> NOT_FOR_COMPANIONS = List.of("route", "balance", "timeouts", "sleep", "schedule", "hooks",
            "healthcheck", "startup", "readiness", "liveness", "start_limits", "drain_timeout", "image_archive", "logs");

    private CompanionRules() {}

    static Set<ServiceName> companions(SequencedMap<ServiceName, Draft> drafts) {
        return drafts.values().stream().filter(draft -> draft.at().containsKey(KEY)).map(Draft::name).collect(Collectors.toSet());
    }

    static void check(SequencedMap<ServiceName, Draft> drafts) {
        Set<ServiceName> companions = companions(drafts);
        for (Draft draft : drafts.values()) {
            draft.needs().stream().filter(need -> companions.contains(need.dependency().service())).forEach(need ->
                    need.where().wrong("cannot depend on a companion: systemd starts it after all services of the app"));
            if (companions.contains(draft.name())) {
                check(draft);
            }
        }
    }

    private static void check(Draft draft) {
        draft.at(KEY).text().filter(word -> !word.equals("quadlet")).ifPresent(word -> draft.at(KEY).unlike(word, List.of("quadlet")));
        NOT_FOR_COMPANIONS.stream().filter(draft.at()::containsKey).forEach(key ->
                draft.at(key).wrongKey("not for a companion ('run_as: quadlet'): systemd runs it, Reeve only writes its unit"));
        if (draft.spec().replicas() != 1) {
            draft.at("replicas").wrong("cannot run several of a companion ('run_as: quadlet')");
        }
        draft.needs().forEach(need -> need.where().wrong("a companion depends on nothing: it starts after all services of the app"));
        boolean asksPort = Stream.concat(draft.spec().workload().command().stream(), draft.spec().environment().values().stream())
                .anyMatch(template -> template.references().stream().anyMatch(Template.OwnPort.class::isInstance));
        if (asksPort) {
            draft.at(KEY).wrongKey("Reeve picks no port for a companion: write 'ports', and no ${port}");
        }
    }
}
