package reeve.declare.manifest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import reeve.declare.yaml.Value;
import reeve.model.ManifestFiles;
import reeve.model.ServiceName;

/// Which services take part: those without profiles, and those of which one is active. The others are not read any further, as
/// if they were not there.
final class Profiles {
    private static final String ALL = "*";

    private final Set<String> active;
    private final Map<ServiceName, List<String>> inactive = new LinkedHashMap<>();

    Profiles(Templates templates) {
        this.active = Arrays.stream(templates.variable(ManifestFiles.PROFILES).orElse("").split(",")).map(String::strip)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// @param service with a usable name
    boolean active(Value service) {
        if (!service.isMapping()) {
            return true;
        }
        List<String> own = service.entries().stream().filter(entry -> entry.name().equals("profiles") && !entry.isNull())
                .flatMap(entry -> entry.items().stream()).flatMap(item -> item.text(Profiles::profile).stream()).toList();
        if (own.isEmpty() || active.contains(ALL) || own.stream().anyMatch(active::contains)) {
            return true;
        }
        inactive.put(new ServiceName(service.name()), own);
        return false;
    }

    /// Each service that is left out, with its profiles.
    Map<ServiceName, List<String>> inactive() {
        return inactive;
    }

    private static String profile(String text) {
        if (!text.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "' as a profile: allowed are letters, digits, '_', '.' and '-'");
        }
        return text;
    }
}
