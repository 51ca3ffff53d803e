package reeve.declare.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.RestartPolicy;
import reeve.model.StartLimits;

/// Reads when an instance is started again: `restart`, or `deploy.restart_policy`, and `start_limits`.
/// @param policy empty where the manifest does not say
record Restarting(Optional<RestartPolicy> policy, StartLimits limits) {
    private static final List<String> RESTARTS = List.of("no", "always", "unless-stopped", "on-failure", "on-failure:N");
    private static final List<String> CONDITIONS = List.of("any", "on-failure", "none");
    private static final int MOST = 1_000_000;

    /// @param restart   `restart`
    /// @param deploy    `deploy.restart_policy`
    /// @param ownLimits `start_limits`
    static Restarting read(Optional<Value> restart, Optional<Value> deploy, Optional<Value> ownLimits) {
        if (restart.isPresent() && deploy.isPresent()) {
            deploy.get().wrongKey("contradicts 'restart': write one of them");
        }
        Fields fields = deploy.map(value -> value.fields(PartKeys.RESTART_POLICY.keys())).orElse(Fields.NONE);
        Optional<RestartPolicy> policy = restart.isPresent() ? restart.flatMap(Restarting::policy) : deploy.flatMap(_ -> policy(fields));
        Optional<Value> window = fields.get("window");
        Fields limits = ownLimits.map(value -> value.fields(PartKeys.START_LIMITS.keys())).orElse(Fields.NONE);
        if (limits.has("window")) {
            window.ifPresent(value -> value.wrongKey("contradicts 'start_limits.window': write one of them"));
        }
        return new Restarting(policy, new StartLimits(count(limits, "crash"), count(limits, "unhealthy"), count(limits, "config"),
                limits.get("window").or(() -> window).flatMap(value -> value.duration(Duration.ofMillis(1)))
                        .orElse(StartLimits.DEFAULT_WINDOW)));
    }

    private static int count(Fields limits, String key) {
        return limits.get(key).flatMap(value -> value.number(1, MOST)).orElse(Integer.MAX_VALUE);
    }

    private static Optional<RestartPolicy> policy(Value value) {
        return value.text().flatMap(text -> {
            String limit = text.startsWith("on-failure:") ? text.substring(11) : "";
            if (limit.matches("[1-9][0-9]{0,8}")) {
                return Optional.of(new RestartPolicy.OnFailure(Integer.parseInt(limit)));
            }
            return switch (text) {
                case "no" -> Optional.of(new RestartPolicy.Never());
                case "always", "unless-stopped" -> Optional.of(new RestartPolicy.Always());
                case "on-failure" -> Optional.of(new RestartPolicy.OnFailure(Integer.MAX_VALUE));
                default -> value.unlike(text, RESTARTS);
            };
        });
    }

    private static Optional<RestartPolicy> policy(Fields fields) {
        Optional<String> condition = fields.has("condition")
                ? fields.get("condition").flatMap(word -> word.word(CONDITIONS, text -> text)) : Optional.of("any");
        Optional<Integer> attempts = fields.get("max_attempts").flatMap(number -> number.number(1, MOST));
        return condition.map(word -> switch (word) {
            case "none" -> new RestartPolicy.Never();
            case "on-failure" -> new RestartPolicy.OnFailure(attempts.orElse(Integer.MAX_VALUE));
            default -> {
                attempts.ifPresent(_ -> fields.get("max_attempts").orElseThrow()
                        .wrongKey("needs 'condition: on-failure'; for every end write 'start_limits'"));
                yield new RestartPolicy.Always();
            }
        });
    }
}
