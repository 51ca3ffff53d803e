package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.VariableText;
import reeve.declare.yaml.Texts;
import reeve.declare.yaml.Value;
import reeve.model.AppName;
import reeve.model.ManifestFiles;
import reeve.model.Template;

/// Replaces Compose's variables in values, after YAML was read and before they get a type, and keeps Reeve's references.
/// Remembers every reference, so that it can be checked once the whole app is known.
final class Templates implements Texts {
    private final Map<String, String> variables;
    private final List<Mention> mentions = new ArrayList<>();

    /// A reference and the value in which it stands.
    record Mention(Value where, Template.Reference reference) {}

    Templates(Map<String, String> variables) {
        this.variables = new HashMap<>(variables);
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    /// From now on the app's name is known, and found in Compose's variable for it.
    void named(AppName app) {
        variables.put(ManifestFiles.PROJECT, app.value());
    }

    List<Mention> mentions() {
        return List.copyOf(mentions);
    }

    /// For values in which references are allowed.
    Optional<Template> template(Value value) {
        return value.written().flatMap(text -> template(value, text));
    }

    /// @param text a part of the value
    Optional<Template> template(Value value, String text) {
        Optional<Template> template = read(value, text);
        template.ifPresent(read -> read.references().forEach(reference -> mentions.add(new Mention(value, reference))));
        return template;
    }

    /// For values in which references are not allowed.
    @Override
    public Optional<String> finished(Value value, String text) {
        return read(value, text).flatMap(template -> {
            if (!template.references().isEmpty()) {
                value.wrong("cannot use " + new Template(List.of(template.references().getFirst()))
                        + " here: it is allowed in command, environment and healthcheck.test, ${features.NAME} also in enabled");
                return Optional.empty();
            }
            return Optional.of(template.fill(_ -> ""));
        });
    }

    private Optional<Template> read(Value value, String text) {
        try {
            var parts = new ArrayList<Template.Part>();
            var pieces = VariableText.parse(text, References::own)
                    .expand(this::variable, name -> value.warn("the variable " + name + " is not set: nothing stands in its place"));
            for (VariableText.Piece piece : pieces) {
                parts.add(switch (piece) {
                    case VariableText.Plain(String plain) -> new Template.Text(plain);
                    case VariableText.Reference(String name) -> References.parse(name);
                    case VariableText.Variable _ -> throw new AssertionError("a variable was left");
                });
            }
            return checked(value, new Template(parts));
        } catch (IllegalArgumentException wrong) {
            value.wrong(Optional.ofNullable(wrong.getMessage()).orElse("cannot read it"));
            return Optional.empty();
        }
    }

    private static Optional<Template> checked(Value value, Template template) {
        if (template.fill(_ -> "").indexOf(0) >= 0) {
            value.wrong("cannot hold a NUL character");
            return Optional.empty();
        }
        return Optional.of(template);
    }
}
