package reeve.front.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.http.Head;
import reeve.base.http.HttpAnswer;
import reeve.base.http.HttpHandler;
import reeve.base.http.HttpRequest;
import reeve.model.Failure;
import reeve.model.wire.ErrorAnswer;
import reeve.model.wire.WireJson;

/// Answers every request to the node's API: finds the verb, asks the guard, has the verb answer.
/// One for all listeners; the peer tells over which a request came.
public final class Api implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    private final List<ApiVerb> verbs;
    private final Guard guard;
    private final WireJson json = WireJson.strict();

    public Api(ApiParts parts, Guard guard) {
        this.verbs = ApiTable.verbs(parts, json);
        this.guard = guard;
    }

    @Override
    public HttpAnswer handle(HttpRequest request) {
        HttpAnswer answer = answer(request).with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
        LOG.debug("api: method={} path={} status={}", request.method(), request.path(), answer.status());
        return answer;
    }

    private HttpAnswer answer(HttpRequest request) {
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        ApiVerb nothing = new ApiVerb(method, request.path(), Access.OWNER, _ -> elsewhere(request));
        ApiVerb verb = verbs.stream()
                .filter(candidate -> candidate.method().equals(method) && candidate.match(request.path()).isPresent())
                .findFirst()
                .orElse(nothing);
        try {
            Map<String, String> parameters = Query.parse(request.query());
            return switch (guard.judge(verb, request, Optional.ofNullable(parameters.get("token")))) {
                case Guard.Verdict.Refused(int status, String reason) ->
                        refusal(status, "cannot " + method + " " + path(request) + ": " + reason);
                case Guard.Verdict.Allowed() ->
                    verb.answer().to(new ApiCall(request, verb.match(request.path()).orElse(Map.of()), parameters, json));
            };
        } catch (Failure e) {
            return failure(e);
        } catch (IllegalArgumentException e) {
            return failure(new Failure(Failure.Kind.INVALID, String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            LOG.error("cannot answer: method={} path={}", request.method(), path(request), e);
            return failure(new Failure(Failure.Kind.INTERNAL, "cannot " + method + " " + path(request) + ": a fault in Reeve, see its log",
                    e));
        }
    }

    /// Nothing is there; or something is, for another method.
    private HttpAnswer elsewhere(HttpRequest request) {
        List<String> methods = verbs.stream().filter(verb -> verb.match(request.path()).isPresent()).map(ApiVerb::method).distinct()
                .toList();
        if (methods.isEmpty()) {
            throw new Failure(Failure.Kind.NOT_FOUND, "cannot find " + path(request) + ": the API has no such path");
        }
        String allowed = String.join(", ", methods);
        return error(405, Failure.Kind.INVALID, "cannot " + request.method() + " " + path(request) + ": allowed is " + allowed)
                .with("Allow", allowed);
    }

    private HttpAnswer refusal(int status, String reason) {
        HttpAnswer answer = error(status, status == 415 ? Failure.Kind.INVALID : Failure.Kind.FORBIDDEN, reason);
        return status == 401 ? answer.with("WWW-Authenticate", "Bearer") : answer;
    }

    private HttpAnswer failure(Failure failure) {
        HttpAnswer answer = error(failure.kind().status(), failure.kind(), String.valueOf(failure.getMessage()));
        return failure.kind() == Failure.Kind.BUSY ? answer.with("Retry-After", "1") : answer;
    }

    private HttpAnswer error(int status, Failure.Kind kind, String message) {
        var type = List.of(new Head.Header("Content-Type", "application/json"));
        return new HttpAnswer(status, type, new HttpAnswer.Whole(json.bytes(new ErrorAnswer(kind.word(), message))));
    }

    /// Paths in messages and logs are cut: their length is the caller's choice.
    private static String path(HttpRequest request) {
        return request.path().length() <= 100 ? request.path() : request.path().substring(0, 100) + "...";
    }
}
