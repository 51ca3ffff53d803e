package reeve.declare.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Gate;
import reeve.model.Template;

/// Reads where and whether a service may run: `only_on`, `enabled`.
final class GateReader {
    private final Templates templates;

    GateReader(Templates templates) {
        this.templates = templates;
    }

    Gate read(Optional<Value> onlyOn, Optional<Value> enabled) {
        return new Gate(onlyOn.map(GateReader::onlyOn).orElse(Map.of()), enabled.flatMap(this::enabled).orElse(Gate.OPEN.enabled()));
    }

    private static Map<String, Set<String>> onlyOn(Value value) {
        Fields fields = value.fields(PartKeys.ONLY_ON.keys());
        var allowed = new LinkedHashMap<String, Set<String>>();
        fields.get("class").ifPresent(choices -> allowed.put("class", choices(choices)));
        fields.get("name").ifPresent(choices -> allowed.put("name", choices(choices)));
        for (Value label : fields.get("labels").map(Value::entries).orElse(List.of())) {
            if (label.name().equals("class") || label.name().equals("name")) {
                label.wrongKey("cannot ask for a label of this name: write only_on." + label.name());
            } else {
                allowed.put(label.name(), choices(label));
            }
        }
        return allowed;
    }

    private static Set<String> choices(Value value) {
        var choices = new TreeSet<String>();
        value.oneOrMore().forEach(choice -> choice.text().ifPresent(choices::add));
        if (choices.isEmpty() && value.isList()) {
            value.wrong("needs at least one choice");
        }
        return choices;
    }

    private Optional<Template> enabled(Value value) {
        return templates.template(value).filter(template -> {
            boolean fits = template.parts().size() == 1 && switch (template.parts().getFirst()) {
                case Template.Text(String text) -> text.equals("true") || text.equals("false");
                case Template.Feature _ -> true;
                case Template.OwnPort _, Template.ServiceAddress _, Template.ServicePort _, Template.JavaHome _, Template.NodeFact _,
                     Template.Value _ -> false;
            };
            if (!fits) {
                value.wrong("cannot read '" + Value.cut(template.toString()) + "': allowed are true, false and ${features.NAME}");
            }
            return fits;
        });
    }
}
