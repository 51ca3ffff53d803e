package reeve.declare.settings;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.Webhook;

/// How this node is configured. Each component is explained where it is defined, in [Definitions].
/// @param file the configuration file that was read, to be watched; empty where there is none
public record Settings(
        NodeName name,
        String nodeClass,
        Map<String, String> labels,
        Map<String, Boolean> features,
        Map<String, ValueSource> values,
        Listener http,
        TlsRules tls,
        Listener admin,
        Path state,
        Path socket,
        AccessLog accessLog,
        ProxyLimits proxy,
        Optional<String> orchestratorLabel,
        List<Path> catalogue,
        List<Webhook> webhooks,
        Optional<ValueSource> bootWaitsFor,
        PodmanSettings podman,
        Optional<Path> file) {

    public Settings {
        labels = Map.copyOf(labels);
        features = Map.copyOf(features);
        values = Map.copyOf(values);
        catalogue = List.copyOf(catalogue);
        webhooks = List.copyOf(webhooks);
    }

    /// What manifests may ask about this node. Blocks for as long as the lookups of its values do.
    public NodeFacts facts(ValueLookup lookup) {
        var facts = new HashMap<String, NodeFacts.Fact>(lookup.ofHost(state));
        values.forEach((name, source) -> facts.put(name, lookup.look(source)));
        NodeFacts.HOST_FACTS.forEach(fact -> facts.computeIfPresent(fact, (_, found) ->
                found.equals(new NodeFacts.Known("")) ? new NodeFacts.Missing("it is empty") : found));
        return new NodeFacts(name, nodeClass, labels, features, facts);
    }
}
