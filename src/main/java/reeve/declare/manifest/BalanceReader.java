package reeve.declare.manifest;

import java.time.Duration;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Balance;

/// Reads `balance`: which instance of a service gets a request.
final class BalanceReader {
    static final KeyTable BALANCE = KeyTable.of("balance")
            .key("by", "`least-requests`", "`least-requests` (of two at random, the one with fewer), `round-robin`, or the same instance "
                    + "for the same key: `client` (its address), `header:NAME`, `cookie:NAME`")
            .key("retries", "2", "how often a request that failed goes to another instance, 0 to 10")
            .key("eject", "5 failures, 10s", "when an instance that fails gets no requests for a while: `{after, errors, time}`")
            .key("slow_start", "none", "how long an instance that comes, or comes back, gets less than its share")
            .key("max_connections", "any number", "requests that one instance works on at a time")
            .key("queue", "100", "requests that wait while all instances have so many; further ones are answered 503")
            .key("queue_timeout", "`5s`", "how long a request waits, then 503")
            .key("sticky", "none", "name of a cookie that Reeve sets, and that brings a client back to the instance it had");

    static final KeyTable EJECT = KeyTable.of("eject")
            .key("after", "5", "failures in a row; 0 for never")
            .key("errors", "`false`", "whether answers of 500 and above are failures too, besides connections that fail")
            .key("time", "`10s`", "for how long; twice as long each time that it fails at once again, up to 5 minutes");
    static final KeyTable TIMEOUTS = KeyTable.of("timeouts")
            .key("connect", "the node's", "until an instance accepts a connection")
            .key("first_byte", "the node's", "until its answer begins")
            .key("idle", "none", "within an answer, a stream or a websocket, without a byte")
            .key("total", "none", "from the request's head to the last byte of the answer, without the wait for a wake");
    private static final Duration LEAST = Duration.ofMillis(1);

    private BalanceReader() {}

    /// @param given    `balance`
    /// @param timeouts `timeouts`
    static Balance read(Optional<Value> given, Optional<Value> timeouts) {
        Fields fields = given.map(value -> value.fields(BALANCE.keys())).orElse(Fields.NONE);
        Balance.Capacity unlimited = Balance.Capacity.UNLIMITED;
        return new Balance(
                fields.get("by").flatMap(by -> by.text(BalanceReader::choice)).orElse(Balance.DEFAULT.choice()),
                fields.get("sticky").flatMap(name -> name.text(BalanceReader::token)).orElse(Balance.DEFAULT.sticky()),
                fields.get("eject").map(BalanceReader::ejection).orElse(Balance.Ejection.DEFAULT),
                fields.get("slow_start").flatMap(length -> length.duration(Duration.ZERO)).orElse(Duration.ZERO),
                new Balance.Capacity(
                        fields.get("max_connections").flatMap(number -> number.number(1, Balance.Capacity.MOST)).orElse(0),
                        fields.get("queue").flatMap(number -> number.number(0, Balance.Capacity.MOST)).orElse(unlimited.queue()),
                        fields.get("queue_timeout").flatMap(length -> length.duration(LEAST)).orElse(unlimited.patience())),
                fields.get("retries").flatMap(number -> number.number(0, Balance.MOST_RETRIES)).orElse(Balance.DEFAULT.retries()),
                timeouts.map(BalanceReader::timeouts).orElse(Balance.Timeouts.DEFAULT), Optional.empty());
    }

    private static Balance.Ejection ejection(Value value) {
        Fields fields = value.fields(EJECT.keys());
        Balance.Ejection standard = Balance.Ejection.DEFAULT;
        return new Balance.Ejection(
                fields.get("after").flatMap(number -> number.number(0, Balance.Ejection.MOST_FAILURES)).orElse(standard.after()),
                fields.get("errors").flatMap(Value::truth).orElse(standard.errors()),
                fields.get("time").flatMap(length -> length.duration(LEAST)).orElse(standard.time()));
    }

    private static Balance.Timeouts timeouts(Value value) {
        Fields fields = value.fields(TIMEOUTS.keys());
        return new Balance.Timeouts(timeout(fields, "connect"), timeout(fields, "first_byte"), timeout(fields, "idle"),
                timeout(fields, "total"));
    }

    private static Optional<Duration> timeout(Fields fields, String key) {
        return fields.get(key).flatMap(length -> length.duration(LEAST));
    }

    private static Balance.Choice choice(String text) {
        String name = text.substring(text.indexOf(':') + 1);
        return switch (text.substring(0, text.length() - name.length())) {
            case "header:" -> new Balance.Choice.Hash(new Balance.Key.Header(token(name)));
            case "cookie:" -> new Balance.Choice.Hash(new Balance.Key.Cookie(token(name)));
            case "" -> switch (text) {
                case "least-requests" -> new Balance.Choice.LeastRequests();
                case "round-robin" -> new Balance.Choice.RoundRobin();
                case "client" -> new Balance.Choice.Hash(new Balance.Key.Client());
                default -> throw unlike(text);
            };
            default -> throw unlike(text);
        };
    }

    private static IllegalArgumentException unlike(String text) {
        return new IllegalArgumentException("cannot balance by '" + Value.cut(text)
                + "': allowed are least-requests, round-robin, client, header:NAME and cookie:NAME");
    }

    private static String token(String name) {
        if (!Balance.allowsToken(name)) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(name)
                    + "' as the name of a header or a cookie: allowed are letters, digits and -_.!#$%&'*+^`|~");
        }
        return name;
    }
}
