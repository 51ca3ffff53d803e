package reeve.front.api;

import java.util.List;
import reeve.model.wire.WireJson;

/// All verbs of the API. `docs/api/openapi.yaml` describes exactly these.
final class ApiTable {
    private ApiTable() {}

    static List<ApiVerb> verbs(ApiParts parts, WireJson json) {
        var node = new NodeVerbs(parts, json);
        var apps = new AppVerbs(parts, json);
        var views = new ViewVerbs(parts, json);
        var journal = new JournalVerbs(parts, json);
        var logs = new LogVerbs(parts);
        var catalogue = new CatalogueVerbs(parts, json);
        var deploys = new DeployVerbs(parts, json);
        var stats = new StatsVerbs(parts, json);
        var talk = new TalkVerbs(parts);
        var feed = new FeedVerbs(parts, json);
        return List.of(
                new ApiVerb("GET", "/healthz", Access.OPEN, node::healthz),
                new ApiVerb("GET", "/readyz", Access.OPEN, node::readyz),
                new ApiVerb("GET", "/", Access.PAGE, node::page),
                new ApiVerb("GET", "/metrics", Access.METRICS, node::metrics),
                new ApiVerb("GET", "/v1/node", Access.OWNER, node::node),
                new ApiVerb("POST", "/v1/shutdown", Access.OWNER, node::shutdown),
                new ApiVerb("POST", "/v1/upgrade", Access.OWNER, node::upgrade),
                new ApiVerb("GET", "/v1/apps", Access.OWNER, views::apps),
                new ApiVerb("GET", "/v1/instances", Access.OWNER, views::instances),
                new ApiVerb("GET", "/v1/routes", Access.OWNER, views::routes),
                new ApiVerb("GET", "/v1/certificates", Access.OWNER, node::certificates),
                new ApiVerb("GET", "/v1/explain", Access.OWNER, views::explainUrl),
                new ApiVerb("POST", "/v1/plan", Access.OWNER, apps::plan),
                new ApiVerb("POST", "/v1/apply", Access.OWNER, apps::apply),
                new ApiVerb("POST", "/v1/deploy", Access.OWNER, deploys::deploy),
                new ApiVerb("GET", "/v1/apps/{app}/deploy", Access.OWNER, deploys::rollout),
                new ApiVerb("GET", "/v1/apps/{app}/revisions", Access.OWNER, deploys::revisions),
                new ApiVerb("POST", "/v1/apps/{app}/rollback", Access.OWNER, deploys::rollback),
                new ApiVerb("POST", "/v1/apps/{app}/down", Access.OWNER, apps::down),
                new ApiVerb("POST", "/v1/apps/{app}/start", Access.OWNER, apps::start),
                new ApiVerb("POST", "/v1/apps/{app}/stop", Access.OWNER, apps::stop),
                new ApiVerb("POST", "/v1/apps/{app}/restart", Access.OWNER, apps::restart),
                new ApiVerb("POST", "/v1/apps/{app}/scale", Access.OWNER, apps::scale),
                new ApiVerb("POST", "/v1/apps/{app}/drain", Access.OWNER, apps::drain),
                new ApiVerb("POST", "/v1/apps/{app}/undrain", Access.OWNER, apps::undrain),
                new ApiVerb("POST", "/v1/apps/{app}/maintenance", Access.OWNER, apps::maintenance),
                new ApiVerb("POST", "/v1/apps/{app}/sleep", Access.OWNER, apps::sleep),
                new ApiVerb("POST", "/v1/apps/{app}/wake", Access.OWNER, apps::wake),
                new ApiVerb("POST", "/v1/apps/{app}/exec", Access.OWNER, talk::exec),
                new ApiVerb("POST", "/v1/apps/{app}/run", Access.OWNER, talk::run),
                new ApiVerb("GET", "/v1/apps/{app}/explain", Access.OWNER, views::explain),
                new ApiVerb("GET", "/v1/apps/{app}/logs", Access.OWNER, logs::logs),
                new ApiVerb("GET", "/v1/catalog", Access.OWNER, catalogue::list),
                new ApiVerb("POST", "/v1/apps/{app}/install", Access.OWNER, catalogue::install),
                new ApiVerb("POST", "/v1/apps/{app}/uninstall", Access.OWNER, catalogue::uninstall),
                new ApiVerb("GET", "/v1/stats", Access.OWNER, stats::stats),
                new ApiVerb("GET", "/v1/usage", Access.OWNER, stats::lately),
                new ApiVerb("GET", "/v1/events", Access.OWNER, journal::events),
                new ApiVerb("GET", "/v1/restarts", Access.OWNER, journal::restarts),
                new ApiVerb("GET", "/v1/feed", Access.OWNER, feed::follow),
                new ApiVerb("POST", "/v1/feed", Access.OWNER, feed::report),
                new ApiVerb("GET", "/v1/journal", Access.OWNER, journal::journal));
    }
}
