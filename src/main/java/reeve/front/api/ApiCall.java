package reeve.front.api;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.base.http.HttpRequest;
import reeve.model.AppName;
import reeve.model.Failure;
import reeve.model.Selector;
import reeve.model.ServiceId;
import reeve.model.ServiceName;
import reeve.model.wire.ActRequest;
import reeve.model.wire.WireException;
import reeve.model.wire.WireJson;

/// A request that matched a verb and passed the guard, with what the verb needs to read of it.
/// @param variables  of the path
/// @param parameters of the query, decoded
record ApiCall(HttpRequest request, Map<String, String> variables, Map<String, String> parameters, WireJson json) {

    AppName app() {
        return new AppName(variables.getOrDefault("app", ""));
    }

    /// What the query selects within the path's app: `service` and `instance`.
    Selector selected() {
        Optional<Integer> instance = parameter("instance").map(text -> number("instance", text, 1_000_000));
        return selector(parameter("service"), instance);
    }

    /// What the body selects within the path's app.
    Selector selectedInBody() {
        var act = body(ActRequest.class);
        return selector(Optional.ofNullable(act.service()), Optional.ofNullable(act.instance()));
    }

    private Selector selector(Optional<String> service, Optional<Integer> instance) {
        if (service.isEmpty()) {
            if (instance.isPresent()) {
                throw new Failure(Failure.Kind.INVALID, "cannot select an instance without its service");
            }
            return new Selector.App(app());
        }
        var id = new ServiceId(app(), new ServiceName(service.get()));
        return instance.<Selector>map(number -> new Selector.Instance(id.instance(number))).orElseGet(() -> new Selector.Service(id));
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
    }

    boolean flag(String name) {
        return switch (parameters.getOrDefault(name, "false")) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw new Failure(Failure.Kind.INVALID, "cannot read parameter '" + name + "': allowed are true and false");
        };
    }

    int number(String name, int otherwise, int most) {
        return parameter(name).map(text -> number(name, text, most)).orElse(otherwise);
    }

    private static int number(String name, String text, int most) {
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw new Failure(Failure.Kind.INVALID, "cannot read parameter '" + name + "': allowed is a number from 0 to " + most);
    }

    /// Refuses misspelt parameters instead of ignoring them.
    void allowOnly(Set<String> names) {
        parameters.keySet().stream().filter(name -> !names.contains(name)).findFirst().ifPresent(_ -> {
            throw new Failure(Failure.Kind.INVALID, "cannot use a parameter: allowed are "
                    + String.join(", ", names.stream().sorted().toList()));
        });
    }

    <T> T body(Class<T> type) {
        try {
            return json.read(type, request.body());
        } catch (WireException e) {
            throw new Failure(Failure.Kind.INVALID, e.getMessage(), e);
        }
    }
}
