package reeve.model;

import java.util.List;
import java.util.Map;

/// What manifests may ask about the node they run on.
/// @param nodeClass free text such as `cloud-engine`; empty where none is set
public record NodeFacts(
        NodeName name, String nodeClass, Map<String, String> labels, Map<String, Boolean> features, Map<String, Fact> values) {

    /// Values that every node has or may be given: its address, its name in multicast DNS, the size of its disk in GB (10^9 bytes),
    /// and where its Bitcoin node is. Where one is not known or empty, it is missing.
    public static final List<String> HOST_FACTS = List.of("HOST_IP", "HOST_MDNS", "DISK_GB", "BITCOIN_HOST");

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
