package reeve.serve.proxy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reeve.base.http.RequestHead;
import reeve.model.PathKind;
import reeve.model.Redirect;
import reeve.model.RouteSpec;
import reeve.serve.route.RouteEntry;

/// Where a redirect sends one request. Pure.
final class Redirection {
    private static final Pattern PLACE = Pattern.compile("\\{(host|path|rest|query)}");

    private Redirection() {}

    /// A redirect's address with the request's parts in it. They are what the head's parser let through: neither spaces nor line ends;
    /// and a path never begins with two slashes, which a browser would read as another host.
    static String of(Redirect redirect, RouteEntry entry, RequestHead head) {
        return PLACE.matcher(redirect.to()).replaceAll(found -> Matcher.quoteReplacement(switch (found.group(1)) {
            case "host" -> head.host();
            case "path" -> path(head);
            case "rest" -> rest(path(head), entry.route().spec());
            default -> head.query().isEmpty() ? "" : "?" + head.query();
        }));
    }

    private static String path(RequestHead head) {
        return head.path().startsWith("/") ? head.path().replaceFirst("^[/\\\\]+", "/") : "/";
    }

    private static String rest(String path, RouteSpec spec) {
        String prefix = spec.path().replaceFirst("/$", "");
        boolean has = spec.kind() == PathKind.PREFIX && path.startsWith(prefix);
        return has ? path.substring(prefix.length()).replaceFirst("^[/\\\\]+", "/") : "";
    }
}
