package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Secrets;

/// Reads which of the app's secrets a service gets as files.
final class SecretsReader {
    private static final String CONTAINER_FOLDER = "/run/secrets/";

    private final Declared declared;

    SecretsReader(Declared declared) {
        this.declared = declared;
    }

    List<Secrets.File> files(Value value, boolean container) {
        var files = new ArrayList<Secrets.File>();
        var names = new HashSet<String>();
        for (Value item : value.items()) {
            Fields fields = item.isMapping() ? item.fields(PartKeys.SECRET_USE.keys()) : Fields.NONE;
            if (item.isMapping() && fields.lacks("source")) {
                item.wrong("needs 'source': one of the app's secrets");
            }
            Optional<String> key = item.isMapping() ? fields.get("source").flatMap(Value::text) : item.text();
            Optional<String> target = fields.has("target")
                    ? fields.get("target").flatMap(given -> given.text(text -> name(text, container))) : key;
            key.flatMap(found -> declared.secret(item, found)).ifPresent(source -> target.ifPresent(name -> {
                if (names.add(name)) {
                    files.add(new Secrets.File(name, source));
                } else {
                    item.wrong("given twice: '" + Value.cut(name) + "'");
                }
            }));
        }
        return files;
    }

    private static String name(String target, boolean container) {
        String name = container && target.startsWith(CONTAINER_FOLDER) ? target.substring(CONTAINER_FOLDER.length()) : target;
        if (!name.matches("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,254}")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(target) + "' as a secret's file: allowed is a name"
                    + (container ? ", or a path in " + CONTAINER_FOLDER : ""));
        }
        return name;
    }
}
