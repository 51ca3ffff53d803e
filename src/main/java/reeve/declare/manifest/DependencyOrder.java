package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import reeve.model.ServiceName;

/// Puts services in an order in which each stands after all that it depends on, and otherwise as in the manifest.
final class DependencyOrder {
    private final SequencedMap<ServiceName, Draft> drafts;
    private final Set<ServiceName> done = new HashSet<>();
    private final LinkedHashSet<ServiceName> path = new LinkedHashSet<>();
    private final List<Draft> ordered = new ArrayList<>();

    DependencyOrder(SequencedMap<ServiceName, Draft> drafts) {
        this.drafts = drafts;
    }

    /// @return empty when services depend on each other in a circle, which is then reported
    Optional<List<Draft>> ordered() {
        for (Draft draft : drafts.values()) {
            if (!place(draft)) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(ordered));
    }

    /// Depth first: the number of services bounds the recursion.
    private boolean place(Draft draft) {
        if (!done.add(draft.name())) {
            return true;
        }
        path.add(draft.name());
        for (Draft.Needed need : draft.needs()) {
            ServiceName name = need.dependency().service();
            boolean itself = name.equals(draft.name());
            if (path.contains(name) && !itself) {
                need.where().wrong("cannot depend in a circle: " + circle(name));
                return false;
            }
            if (!itself && drafts.containsKey(name) && !place(drafts.get(name))) {
                return false;
            }
        }
        path.remove(draft.name());
        ordered.add(draft);
        return true;
    }

    private String circle(ServiceName from) {
        var names = new ArrayList<>(path.stream().map(ServiceName::value).dropWhile(name -> !name.equals(from.value())).toList());
        names.add(from.value());
        return String.join(" → ", names);
    }
}
