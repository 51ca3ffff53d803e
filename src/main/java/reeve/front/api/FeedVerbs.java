package reeve.front.api;

import java.util.Set;
import reeve.base.http.HttpAnswer;
import reeve.model.Failure;
import reeve.model.wire.FeedReport;
import reeve.model.wire.WireJson;
import reeve.serve.feed.Feed;

/// What proxies outside the node's process are told, and tell.
final class FeedVerbs {
    private static final String NAME = "[A-Za-z0-9._-]{1,100}";

    private final Feed feed;
    private final WireJson json;

    FeedVerbs(ApiParts parts, WireJson json) {
        this.feed = parts.feed();
        this.json = json;
    }

    HttpAnswer follow(ApiCall call) {
        call.allowOnly(Set.of("proxy", "incarnation", "feed", "version"));
        String proxy = name(call, "proxy");
        String incarnation = name(call, "incarnation");
        String known = call.parameter("feed").orElse("");
        String version = call.parameter("version").orElse("0");
        if (!version.matches("[0-9]{1,18}")) {
            throw new Failure(Failure.Kind.INVALID, "cannot read parameter 'version': allowed is a number");
        }
        return HttpAnswer.streamed("application/x-ndjson", out -> feed.follow(proxy, incarnation, known, Long.parseLong(version), out));
    }

    private static String name(ApiCall call, String parameter) {
        return call.parameter(parameter).filter(text -> text.matches(NAME)).orElseThrow(() -> new Failure(Failure.Kind.INVALID,
                "cannot feed a proxy without '" + parameter + "': needed are up to 100 letters, digits, '.', '_' or '-'"));
    }

    HttpAnswer report(ApiCall call) {
        return Answers.json(json, feed.report(call.body(FeedReport.class)));
    }
}
