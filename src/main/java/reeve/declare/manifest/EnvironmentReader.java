package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.EnvFile;
import reeve.model.Secrets;
import reeve.model.Template;

/// Reads what a program finds in its environment: `environment` and `labels`, each a mapping or a list of `NAME=value`, and
/// `env_file`.
final class EnvironmentReader {
    private final Scope scope;
    private final Templates templates;

    EnvironmentReader(Scope scope) {
        this.scope = scope;
        this.templates = scope.templates();
    }

    /// @param plain  in the manifest's order
    /// @param secret what only the program may know
    record Environment(Map<String, Template> plain, Map<String, Secrets.Source> secret) {
        static final Environment EMPTY = new Environment(Map.of(), Map.of());
    }

    /// A name without a value gets the caller's, or is left out where the caller has none.
    Environment environment(Value value) {
        var plain = new LinkedHashMap<String, Template>();
        var secret = new LinkedHashMap<String, Secrets.Source>();
        if (value.isMapping()) {
            for (Value entry : value.entries()) {
                if (!allowed(entry, entry.name())) {
                    continue;
                }
                if (entry.isMapping()) {
                    secret(entry).ifPresent(source -> secret.put(entry.name(), source));
                } else {
                    (entry.isNull() ? fromCaller(entry.name()) : templates.template(entry))
                            .ifPresent(text -> plain.put(entry.name(), text));
                }
            }
            return new Environment(plain, secret);
        }
        Set<String> names = new HashSet<>();
        for (Value item : value.items()) {
            item.written().ifPresent(text -> {
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (allowed(item, name) && unique(item, name, names)) {
                    (equals < 0 ? fromCaller(name) : templates.template(item, text.substring(equals + 1)))
                            .ifPresent(read -> plain.put(name, read));
                }
            });
        }
        return new Environment(plain, secret);
    }

    private Optional<Secrets.Source> secret(Value entry) {
        Fields fields = entry.fields(PartKeys.SECRET_VALUE.keys());
        if (fields.lacks("secret")) {
            entry.wrong("needs 'secret': one of the app's secrets");
        }
        return fields.get("secret").flatMap(key -> key.text().flatMap(text -> scope.declared().secret(key, text)));
    }

    List<EnvFile> files(Value value) {
        var files = new ArrayList<EnvFile>();
        for (Value item : value.oneOrMore()) {
            if (!item.isMapping()) {
                scope.path(item).ifPresent(path -> files.add(new EnvFile(path, true, EnvFile.Format.COMPOSE)));
                continue;
            }
            Fields fields = item.fields(PartKeys.ENV_FILE.keys());
            EnvFile.Format format = fields.get("format")
                    .flatMap(word -> word.word(List.of(EnvFile.Format.values()), each -> each.name().toLowerCase(Locale.ROOT)))
                    .orElse(EnvFile.Format.COMPOSE);
            boolean required = fields.get("required").flatMap(Value::truth).orElse(true);
            if (fields.lacks("path")) {
                item.wrong("needs 'path'");
            }
            fields.get("path").flatMap(scope::path).ifPresent(path -> files.add(new EnvFile(path, required, format)));
        }
        return files;
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
    static boolean allowed(Value where, String name) {
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
