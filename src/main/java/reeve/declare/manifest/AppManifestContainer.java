package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reeve.base.Nearest;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.NodeFacts;
import reeve.model.Secrets;
import reeve.model.ServiceName;
import reeve.model.Template;
import reeve.model.Workload;

/// Reads `container` and `environment` of a manifest of the AppManifest form: the image, and what its program finds in its
/// environment.
final class AppManifestContainer {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]*)}}");
    private static final int SECRET_BYTES = 32;

    private final Scope scope;
    private final Optional<Value> where;
    private final Fields fields;
    private final Map<String, Template> environment = new LinkedHashMap<>();
    private final Map<String, Secrets.Source> secrets = new LinkedHashMap<>();

    AppManifestContainer(Scope scope, Optional<Value> container, Optional<Value> environment) {
        this.scope = scope;
        this.where = container;
        this.fields = container.map(value -> value.fields(AppManifestKeys.CONTAINER.keys())).orElse(Fields.NONE);
        environment.map(Value::items).orElse(List.of()).forEach(this::plain);
        items("derived_env").forEach(this::derived);
        Map<String, Secrets.Source> generated = generated();
        items("secret_env").forEach(item -> secret(item, generated));
    }

    Map<String, Template> environment() {
        return environment;
    }

    Secrets secrets() {
        return new Secrets(List.of(), secrets);
    }

    Optional<String> network() {
        return fields.get("network").flatMap(value -> value.text(text -> {
            if (!text.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}")) {
                throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a network: allowed is its name, or host");
            }
            return text;
        }));
    }

    Workload.Image image(ServiceName service) {
        if (fields.lacks("image") && fields.lacks("build")) {
            where.filter(Value::isMapping).ifPresent(value -> value.wrongKey("needs 'image' or 'build'"));
            return Workload.Image.of("none");
        }
        return new ImageReader(scope).read(service, where.orElseThrow(), fields, Optional.empty());
    }

    private List<Value> items(String key) {
        return fields.get(key).map(Value::items).orElse(List.of());
    }

    private void plain(Value item) {
        item.text().ifPresent(text -> {
            int equals = text.indexOf('=');
            if (equals < 1) {
                item.wrong("cannot read '" + Value.cut(text) + "': allowed is NAME=value");
            } else {
                put(item, text.substring(0, equals), Template.text(text.substring(equals + 1)));
            }
        });
    }

    private void put(Value where, String name, Template value) {
        if (!EnvironmentReader.allowed(where, name)) {
            return;
        }
        if (secrets.containsKey(name) || environment.putIfAbsent(name, value) != null) {
            where.wrong("given twice: '" + Value.cut(name) + "'");
        }
    }

    private void derived(Value item) {
        Fields given = item.fields(AppManifestKeys.DERIVED.keys());
        need(item, given, "key");
        need(item, given, "template");
        Optional<Template> template = given.get("template").flatMap(AppManifestContainer::template);
        given.get("key").flatMap(Value::text).ifPresent(name -> template.ifPresent(text -> put(item, name, text)));
    }

    /// With the node's facts in the place of `{{…}}`; one that is not there stops the service, and is never rendered as nothing.
    private static Optional<Template> template(Value value) {
        return value.text().flatMap(text -> {
            var parts = new ArrayList<Template.Part>();
            Matcher placeholder = PLACEHOLDER.matcher(text);
            int end = 0;
            while (placeholder.find()) {
                String name = placeholder.group(1).strip();
                if (!NodeFacts.HOST_FACTS.contains(name)) {
                    String hint = Nearest.hint(name, NodeFacts.HOST_FACTS);
                    value.wrong("unknown placeholder {{" + Value.cut(name) + "}}" + (hint.isEmpty() ? ";" : hint) + " allowed: {{"
                            + String.join("}}, {{", NodeFacts.HOST_FACTS) + "}}");
                    return Optional.empty();
                }
                parts.add(new Template.Text(text.substring(end, placeholder.start())));
                parts.add(new Template.Value(name));
                end = placeholder.end();
            }
            if (text.indexOf("{{", end) >= 0) {
                value.wrong("cannot read '" + Value.cut(text) + "': the closing }} is missing");
                return Optional.empty();
            }
            parts.add(new Template.Text(text.substring(end)));
            return Optional.of(new Template(parts.stream().filter(part -> !part.equals(new Template.Text(""))).toList()));
        });
    }

    private Map<String, Secrets.Source> generated() {
        var generated = new LinkedHashMap<String, Secrets.Source>();
        for (Value item : items("generated_secrets")) {
            Fields given = item.isMapping() ? item.fields(AppManifestKeys.GENERATED.keys()) : Fields.NONE;
            if (item.isMapping()) {
                need(item, given, "name");
            }
            int bytes = given.get("bytes").flatMap(number -> number.number(8, 1024)).orElse(SECRET_BYTES);
            Optional<String> name = item.isMapping() ? given.get("name").flatMap(value -> value.text(AppManifestContainer::secretName))
                    : item.text(AppManifestContainer::secretName);
            name.ifPresent(found -> {
                if (generated.put(found, new Secrets.Source.Generated(scope.app() + "." + found, bytes)) != null) {
                    item.wrong("given twice: '" + found + "'");
                }
            });
        }
        return generated;
    }

    private static String secretName(String text) {
        if (!text.matches("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,63}")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a secret's name: allowed are letters, digits, '_', "
                    + "'.' and '-'");
        }
        return text;
    }

    private void secret(Value item, Map<String, Secrets.Source> generated) {
        Fields given = item.fields(AppManifestKeys.SECRET.keys());
        need(item, given, "key");
        Optional<Value> source = given.get("secret").or(() -> given.get("secret_file"));
        if (item.isMapping() && source.isEmpty()) {
            item.wrong("needs 'secret': one of generated_secrets, or a file");
        }
        given.get("key").flatMap(Value::text).filter(name -> EnvironmentReader.allowed(item, name))
                .ifPresent(name -> source.flatMap(value -> value.text(text -> {
                    Secrets.Source made = generated.get(text);
                    return made != null ? made : new Secrets.Source.OfFile(scope.path(text));
                })).ifPresent(found -> {
                    if (environment.containsKey(name) || secrets.putIfAbsent(name, found) != null) {
                        item.wrong("given twice: '" + Value.cut(name) + "'");
                    }
                }));
    }

    private static void need(Value item, Fields given, String key) {
        if (item.isMapping() && given.lacks(key)) {
            item.wrong("needs '" + key + "'");
        }
    }
}
