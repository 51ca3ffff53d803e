package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Condition;
import reeve.model.Dependency;
import reeve.model.ServiceName;

/// Reads `depends_on`.
final class DependencyReader {
    private DependencyReader() {}

    static List<Draft.Needed> read(Value value) {
        var needs = new ArrayList<Draft.Needed>();
        var names = new HashSet<ServiceName>();
        for (Value item : value.isList() ? value.items() : value.entries()) {
            boolean named = value.isMapping();
            Optional<ServiceName> service = named ? name(item, item.name()) : item.text().flatMap(text -> name(item, text));
            Fields fields = named && !item.isNull() ? item.fields(PartKeys.DEPENDENCY.keys()) : Fields.NONE;
            Condition condition = fields.get("condition").flatMap(word -> word.word(Arrays.asList(Condition.values()), Condition::word))
                    .orElse(Condition.STARTED);
            boolean required = fields.get("required").flatMap(Value::truth).orElse(true);
            service.ifPresent(found -> {
                if (names.add(found)) {
                    needs.add(new Draft.Needed(new Dependency(found, condition, required), item));
                } else {
                    item.wrong("given twice: '" + found + "'");
                }
            });
        }
        return needs;
    }

    private static Optional<ServiceName> name(Value where, String text) {
        if (ServiceName.allows(text)) {
            return Optional.of(new ServiceName(text));
        }
        where.wrongKey("cannot use '" + Value.cut(text) + "' as service name: allowed are " + ServiceName.ALLOWED);
        return Optional.empty();
    }
}
