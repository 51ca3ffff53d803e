package reeve.model;

/// A route that an app declares besides those of its services.
public sealed interface AppRoute {
    RouteSpec route();

    /// Where it leads, for people.
    String target();

    /// A route to a backend that Reeve does not run.
    /// @param to where requests go, over plain HTTP/1.1
    record ToExternal(RouteSpec route, Address to) implements AppRoute {
        @Override
        public String target() {
            return "http://" + to;
        }
    }

    /// A route that files answer.
    record ToFiles(RouteSpec route, FileRoot files) implements AppRoute {
        @Override
        public String target() {
            return "files " + files;
        }
    }

    /// A route that sends clients elsewhere.
    record ToRedirect(RouteSpec route, Redirect to) implements AppRoute {
        @Override
        public String target() {
            return "redirect " + to;
        }
    }
}
