package reeve.declare.manifest;

import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Balance;

/// Reads `balance`: which instance of a service gets a request.
final class BalanceReader {
    static final KeyTable BALANCE = KeyTable.of("balance")
            .key("by", "`least-requests`", "`least-requests` (of two at random, the one with fewer), `round-robin`, or the same instance "
                    + "for the same key: `client` (its address), `header:NAME`, `cookie:NAME`")
            .key("sticky", "none", "name of a cookie that Reeve sets, and that brings a client back to the instance it had");

    private BalanceReader() {}

    static Balance read(Optional<Value> given) {
        Fields fields = given.map(value -> value.fields(BALANCE.keys())).orElse(Fields.NONE);
        return new Balance(
                fields.get("by").flatMap(by -> by.text(BalanceReader::choice)).orElse(Balance.DEFAULT.choice()),
                fields.get("sticky").flatMap(name -> name.text(BalanceReader::token)).orElse(Balance.DEFAULT.sticky()));
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
