package reeve.declare.manifest;

import java.util.List;
import reeve.base.Nearest;
import reeve.declare.yaml.Value;
import reeve.model.ServiceName;
import reeve.model.Template;

/// Reeve's own references: the names in `${…}` that are not Compose's variables.
final class References {
    private static final List<String> ALL =
            List.of("port", "services.NAME.address", "services.NAME.port", "java.home", "node.name", "node.class",
            "node.labels.NAME", "features.NAME", "values.NAME");
    private static final List<String> SPACES = List.of("port", "services", "java", "node", "features", "values");
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}";

    private References() {}

    /// Whether a name is Reeve's: `port`, with whatever is wrongly added to it, and every name with a dot.
    static boolean own(String name) {
        return name.equals("port") || name.indexOf('.') > 0 || name.startsWith("port") && ":-?+".indexOf(name.charAt(4)) >= 0;
    }

    /// @throws IllegalArgumentException when Reeve has no such reference
    static Template.Reference parse(String name) {
        int dot = name.indexOf('.');
        String space = dot < 0 ? name : name.substring(0, dot);
        String rest = name.substring(space.length() + (dot < 0 ? 0 : 1));
        return switch (space) {
            case "port" -> {
                require(rest.isEmpty(), name);
                yield new Template.OwnPort();
            }
            case "services" -> service(name, rest);
            case "java" -> {
                require(rest.equals("home"), name);
                yield new Template.JavaHome();
            }
            case "node" -> {
                require(rest.equals("name") || rest.equals("class") || rest.startsWith("labels.") && rest.substring(7).matches(NAME), name);
                yield new Template.NodeFact(rest);
            }
            case "features" -> {
                require(rest.matches(NAME), name);
                yield new Template.Feature(rest);
            }
            case "values" -> {
                require(rest.matches(NAME), name);
                yield new Template.Value(rest);
            }
            default -> throw unknown(name);
        };
    }

    private static Template.Reference service(String name, String rest) {
        int last = rest.lastIndexOf('.');
        String service = last < 0 ? "" : rest.substring(0, last);
        require(ServiceName.allows(service), name);
        return switch (rest.substring(last + 1)) {
            case "address" -> new Template.ServiceAddress(new ServiceName(service));
            case "port" -> new Template.ServicePort(new ServiceName(service));
            default -> throw unknown(name);
        };
    }

    private static void require(boolean condition, String name) {
        if (!condition) {
            throw unknown(name);
        }
    }

    private static IllegalArgumentException unknown(String name) {
        if (name.startsWith("port") && !name.startsWith("port.") && !name.startsWith("ports")) {
            return new IllegalArgumentException("cannot give ${port} a default: Reeve always fills it in");
        }
        int dot = name.indexOf('.');
        String space = dot < 0 ? name : name.substring(0, dot);
        String hint = SPACES.contains(space) ? "" : Nearest.hint(space, SPACES);
        String allowed = (hint.isEmpty() ? "; allowed: " : " allowed: ") + "${" + String.join("}, ${", ALL) + "}";
        return new IllegalArgumentException("unknown reference ${" + Value.cut(name) + "}" + hint + allowed);
    }
}
