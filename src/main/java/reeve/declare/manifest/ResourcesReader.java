package reeve.declare.manifest;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Resources;

/// Reads how much of the machine an instance may use: from a service's own keys, or from `deploy.resources.limits`.
final class ResourcesReader {
    /// Less memory is most likely a forgotten unit.
    static final long LEAST_MEMORY = 1024 * 1024;

    private ResourcesReader() {}

    /// @param limits of `deploy`
    static Resources read(Fields fields, Fields limits) {
        return new Resources(
                either(fields, "mem_limit", limits, "memory", value -> value.size(LEAST_MEMORY)).map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                either(fields, "cpus", limits, "cpus", ResourcesReader::cpus).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                either(fields, "pids_limit", limits, "pids", value -> value.text(ResourcesReader::processes)).filter(number -> number > 0)
                        .map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    /// Both may be given where they say the same, as in Compose.
    static <T> Optional<T> either(Fields fields, String key, Fields others, String other, Function<Value, Optional<T>> read) {
        Optional<T> first = fields.get(key).flatMap(read);
        Optional<T> second = others.get(other).flatMap(read);
        if (first.isPresent() && second.isPresent() && !first.equals(second)) {
            others.get(other).orElseThrow().wrong("contradicts '" + key + "': write one of them");
        }
        return first.or(() -> second);
    }

    static Optional<Double> cpus(Value value) {
        return value.text(text -> {
            if (!text.matches("[0-9]{1,4}(\\.[0-9]{1,6})?") || Double.parseDouble(text) <= 0) {
                throw new IllegalArgumentException("cannot read '" + Value.cut(text)
                        + "': allowed is a number of processors such as 2 or 0.5");
            }
            return Double.parseDouble(text);
        });
    }

    private static long processes(String text) {
        if (!text.matches("-1|[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is a number from 1, or -1 for any number");
        }
        return Long.parseLong(text);
    }
}
