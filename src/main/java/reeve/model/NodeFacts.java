package reeve.model;

import java.util.Map;

/// What manifests may ask about the node they run on.
/// @param nodeClass free text such as `cloud-engine`; empty where none is set
public record NodeFacts(
        NodeName name, String nodeClass, Map<String, String> labels, Map<String, Boolean> features, Map<String, Fact> values) {

    /// The result of looking up one of the node's values.
    public sealed interface Fact {}

    public record Known(String value) implements Fact {}

    /// There is none: what needs it is stopped, with an error.
    public record Missing(String reason) implements Fact {}

    /// It could not be looked up just now: what needs it is left alone.
    public record Unknown(String reason) implements Fact {}

    public NodeFacts {
        labels = Map.copyOf(labels);
        features = Map.copyOf(features);
        values = Map.copyOf(values);
    }
}
