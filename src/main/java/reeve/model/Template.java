package reeve.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A text with references that only the node can fill in, such as `http://${services.db.address}/`.
/// Compose's own variables are already replaced when a template is made; what is left are Reeve's references.
public record Template(List<Part> parts) {

    /// A piece of a template: plain text, or one of Reeve's references.
    public sealed interface Part {}

    public record Text(String text) implements Part {}

    /// A fact that is looked up when an instance is about to start.
    public sealed interface Reference extends Part {}

    /// `${port}`: the port Reeve picked for the instance.
    public record OwnPort() implements Reference {}

    /// `${services.NAME.address}`: `host:port` where another service of the app is reached.
    public record ServiceAddress(ServiceName service) implements Reference {}

    /// `${services.NAME.port}`: the port part of that address.
    public record ServicePort(ServiceName service) implements Reference {}

    /// `${java.home}`: the JDK or runtime Reeve itself runs on.
    public record JavaHome() implements Reference {}

    /// `${node.KEY}`: `name`, `class`, or `labels.NAME`.
    public record NodeFact(String key) implements Reference {}

    /// `${features.NAME}`: a feature flag of the node's configuration, `true` or `false`.
    public record Feature(String name) implements Reference {}

    /// `${values.NAME}`: a value of the node's configuration.
    public record Value(String name) implements Reference {}

    public Template {
        parts = List.copyOf(parts);
    }

    public static Template text(String text) {
        return new Template(List.of(new Text(text)));
    }

    public List<Reference> references() {
        var found = new ArrayList<Reference>();
        for (Part part : parts) {
            if (part instanceof Reference reference) {
                found.add(reference);
            }
        }
        return found;
    }

    /// @param facts gives the text for each reference
    public String fill(Function<Reference, String> facts) {
        var text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Text(String plain) -> text.append(plain);
                case Reference reference -> text.append(facts.apply(reference));
            }
        }
        return text.toString();
    }

    /// The template as it stands in a manifest.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Part part : parts) {
            text.append(switch (part) {
                case Text(String plain) -> plain.replace("$", "$$");
                case OwnPort() -> "${port}";
                case ServiceAddress(ServiceName service) -> "${services." + service + ".address}";
                case ServicePort(ServiceName service) -> "${services." + service + ".port}";
                case JavaHome() -> "${java.home}";
                case NodeFact(String key) -> "${node." + key + "}";
                case Feature(String name) -> "${features." + name + "}";
                case Value(String name) -> "${values." + name + "}";
            });
        }
        return text.toString();
    }
}
