package reeve.declare.manifest;

import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Rollout;
import reeve.model.ServiceSpec;

/// Reads `deploy`: what Compose has there instead of in the service.
/// @param fields  its own
/// @param limits  `resources.limits`
/// @param restart `restart_policy`
/// @param order   `update_config.order`
record Deploy(Fields fields, Fields limits, Optional<Value> restart, Rollout.Order order) {

    static Deploy read(Optional<Value> given) {
        Fields fields = given.map(deploy -> deploy.fields(PartKeys.DEPLOY.keys())).orElse(Fields.NONE);
        fields.get("mode").ifPresent(mode -> mode.word(List.of("replicated"), word -> word));
        Fields limits = fields.get("resources").map(resources -> resources.fields(PartKeys.RESOURCES.keys()))
                .flatMap(resources -> resources.get("limits")).map(found -> found.fields(PartKeys.LIMITS.keys())).orElse(Fields.NONE);
        Optional<String> order = fields.get("update_config").map(update -> update.fields(PartKeys.UPDATE_CONFIG.keys()))
                .flatMap(update -> update.get("order")).flatMap(word -> word.word(List.of("start-first", "stop-first"), text -> text));
        return new Deploy(fields, limits, fields.get("restart_policy"),
                order.map(word -> word.equals("start-first") ? Rollout.Order.START_FIRST : Rollout.Order.STOP_FIRST)
                        .orElse(Rollout.Order.FITTING));
    }

    /// @param service the service's own keys, among them `scale`
    int replicas(Fields service) {
        return ResourcesReader.either(service, "scale", fields, "replicas", number -> number.number(0, ServiceSpec.MOST_REPLICAS))
                .orElse(1);
    }

    /// Where the number of replicas stands.
    Optional<Value> replicasAt(Fields service) {
        return fields.get("replicas").or(() -> service.get("scale"));
    }
}
