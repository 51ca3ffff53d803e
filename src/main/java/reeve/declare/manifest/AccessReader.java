package reeve.declare.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
            .key("require_agent", "`false`", "whether a request without a `User-Agent` gets 403")
            .key("rate_limit", "none", "requests of one client, such as `100/s`, `30/m`, or `{rate, burst}`; others get 429")
            .key("route_rate_limit", "none", "the same for all clients together")
            .key("max_body", "none", "size of a request's body, such as `10m`; longer ones get 413")
            .and(IdentityReader.IDENTITY);
    static final KeyTable RATE = KeyTable.of("rate limit")
            .key("rate", "needed", "on average: `100/s`, `30/m`, `1000/h`")
            .key("burst", "as many as `rate`", "how many more may come at once");
    private static final Pattern RATE_TEXT = Pattern.compile("([0-9]{1,7})r?/(s|m|h)");

    private AccessReader() {}

    static Access read(Optional<Value> given, Declared declared) {
        return given.map(value -> read(value, declared)).orElse(Access.OPEN);
    }

    private static Access read(Value given, Declared declared) {
        Fields fields = given.fields(ACCESS.keys());
        return new Access(
                new Access.Addresses(list(fields, "allow", AddressRange::parse), list(fields, "deny", AddressRange::parse)),
                new Access.Callers(expressions(fields, "block_agents"), fields.get("require_agent").flatMap(Value::truth).orElse(false),
                        expressions(fields, "block_referers")),
                fields.get("rate_limit").flatMap(AccessReader::rate), fields.get("route_rate_limit").flatMap(AccessReader::rate),
                fields.get("max_body").flatMap(size -> size.size(0)),
                fields.get("basic_auth").flatMap(value -> IdentityReader.basic(value, declared)),
                fields.get("forward_auth").flatMap(IdentityReader::forward),
                fields.get("cors").flatMap(IdentityReader::cors),
                fields.get("forwarded_for").flatMap(IdentityReader::forwardedFor).orElse(Access.ForwardedFor.ADD));
    }

    private static Optional<Access.Rate> rate(Value value) {
        if (value.isText()) {
            return value.text(AccessReader::rate);
        }
        Fields fields = value.fields(RATE.keys());
        if (value.isMapping() && fields.lacks("rate")) {
            value.wrong("needs 'rate', such as 100/s");
        }
        Optional<Integer> burst = fields.get("burst").flatMap(given -> given.number(0, Access.Rate.MOST));
        return fields.get("rate").flatMap(given -> given.text(text -> {
            Access.Rate rate = rate(text);
            return new Access.Rate(rate.requests(), rate.per(), burst.orElse(rate.burst()));
        }));
    }

    private static Access.Rate rate(String text) {
        Matcher parts = RATE_TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is a rate such as 100/s, 30/m or 1000/h");
        }
        int requests = Integer.parseInt(parts.group(1));
        return new Access.Rate(requests, switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        }, requests);
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
