package reeve.declare.manifest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.declare.yaml.Value;
import reeve.model.Template;

/// Reads `environment` and `labels`, each a mapping or a list of `NAME=value`.
final class EnvironmentReader {
    private final Templates templates;

    EnvironmentReader(Templates templates) {
        this.templates = templates;
    }

    /// A name without a value gets the caller's, or is left out where the caller has none.
    Map<String, Template> environment(Value value) {
        var environment = new LinkedHashMap<String, Template>();
        if (value.isMapping()) {
            for (Value entry : value.entries()) {
                if (allowed(entry, entry.name())) {
                    (entry.isNull() ? fromCaller(entry.name()) : templates.template(entry))
                            .ifPresent(text -> environment.put(entry.name(), text));
                }
            }
            return environment;
        }
        Set<String> names = new HashSet<>();
        for (Value item : value.items()) {
            item.written().ifPresent(text -> {
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (allowed(item, name) && unique(item, name, names)) {
                    (equals < 0 ? fromCaller(name) : templates.template(item, text.substring(equals + 1)))
                            .ifPresent(read -> environment.put(name, read));
                }
            });
        }
        return environment;
    }

    Map<String, String> labels(Value value) {
        var labels = new HashMap<String, String>();
        if (value.isMapping()) {
            for (Value entry : value.entries()) {
                (entry.isNull() ? Optional.of("") : entry.text()).ifPresent(text -> labels.put(entry.name(), text));
            }
            return labels;
        }
        Set<String> names = new HashSet<>();
        for (Value item : value.items()) {
            item.text().ifPresent(text -> {
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (unique(item, name, names)) {
                    labels.put(name, equals < 0 ? "" : text.substring(equals + 1));
                }
            });
        }
        return labels;
    }

    private Optional<Template> fromCaller(String name) {
        return templates.variable(name).map(Template::text);
    }

    /// Names that an environment block can carry and a program can look up.
    private static boolean allowed(Value where, String name) {
        if (name.matches("[^=\\s\\p{Cntrl}$]{1,255}")) {
            return true;
        }
        where.wrongKey("cannot use '" + Value.cut(name)
                + "' as a variable's name: allowed are 1 to 255 characters without '=', '$' and spaces");
        return false;
    }

    private static boolean unique(Value where, String name, Set<String> names) {
        if (!names.add(name)) {
            where.wrong("given twice: '" + Value.cut(name) + "'");
            return false;
        }
        return true;
    }
}
