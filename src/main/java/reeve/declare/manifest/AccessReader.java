package reeve.declare.manifest;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reeve.base.regex.LinearPattern;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Access;
import reeve.model.AddressRange;

/// Reads `access`: who may use a route.
final class AccessReader {
    static final KeyTable ACCESS = KeyTable.of("access")
            .key("allow", "everybody", "one or a list of addresses and ranges such as `10.0.0.0/8`: only these clients; others get 403")
            .key("deny", "nobody", "the same: not these. Of `allow` and `deny` the longer range decides")
            .key("block_agents", "none", "one or a list of regular expressions, in any case, anywhere in `User-Agent`: 403")
            .key("block_referers", "none", "the same for `Referer`")
            .key("require_agent", "`false`", "whether a request without a `User-Agent` gets 403");

    private AccessReader() {}

    static Access read(Optional<Value> given) {
        return given.map(AccessReader::read).orElse(Access.OPEN);
    }

    private static Access read(Value given) {
        Fields fields = given.fields(ACCESS.keys());
        return new Access(
                new Access.Addresses(list(fields, "allow", AddressRange::parse), list(fields, "deny", AddressRange::parse)),
                new Access.Callers(expressions(fields, "block_agents"), fields.get("require_agent").flatMap(Value::truth).orElse(false),
                        expressions(fields, "block_referers")));
    }

    private static <T> List<T> list(Fields fields, String key, Function<String, T> make) {
        return fields.get(key).map(Value::oneOrMore).orElse(List.of()).stream().flatMap(each -> each.text(make).stream()).toList();
    }

    private static List<String> expressions(Fields fields, String key) {
        List<String> read = list(fields, key, AccessReader::expression);
        int most = Access.Callers.MOST_EXPRESSIONS;
        if (read.size() > most) {
            fields.get(key).ifPresent(value -> value.wrong("cannot block by more than " + most + " expressions"));
            return List.of();
        }
        return read;
    }

    private static String expression(String text) {
        if (!Access.Callers.allowsExpression(text)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "': allowed is a regular expression of at most 1000 characters");
        }
        LinearPattern.of(text);
        return text;
    }
}
