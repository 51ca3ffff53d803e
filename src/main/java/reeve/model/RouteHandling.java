package reeve.model;

import java.util.Optional;

/// What a route does with the requests it takes, besides sending them on.
/// @param weight share of the requests relative to other routes that cover the same; empty: it takes them all
/// @param edge   what becomes of requests and answers on their way; empty: they pass as they are
/// @param access who may use it
/// @param tls    what TLS means for it; empty: as the node says
public record RouteHandling(PathChange change, AmbiguousPaths ambiguous, Optional<Integer> weight, Optional<RouteEdge> edge,
        Access access, Optional<RouteTls> tls) {
    /// Sends them on as they are.
    public static final RouteHandling PLAIN = new RouteHandling(new PathChange.None(), AmbiguousPaths.UNLESS_ALONE, Optional.empty());
    public static final int MOST_WEIGHT = 1_000_000;

    public RouteHandling(PathChange change, AmbiguousPaths ambiguous, Optional<Integer> weight) {
        this(change, ambiguous, weight, Optional.empty(), Access.OPEN, Optional.empty());
    }

    public RouteHandling {
        if (weight.isPresent() && (weight.get() < 0 || weight.get() > MOST_WEIGHT)) {
            throw new IllegalArgumentException("cannot use the weight " + weight.get() + ": allowed is a number from 0 to " + MOST_WEIGHT);
        }
    }

    public RouteHandling with(Optional<RouteEdge> next) {
        return new RouteHandling(change, ambiguous, weight, next, access, tls);
    }

    public RouteHandling with(Access next) {
        return new RouteHandling(change, ambiguous, weight, edge, next, tls);
    }

    public RouteHandling withTls(Optional<RouteTls> next) {
        return new RouteHandling(change, ambiguous, weight, edge, access, next);
    }

    /// What becomes of the path on the way to the backend. The query stays.
    public sealed interface PathChange {
        /// It stays as it was sent, to the byte.
        record None() implements PathChange {}

        /// The route's prefix is taken off.
        record StripPrefix() implements PathChange {}

        /// @param to takes the place of a prefix, or of the whole of an exact path or of what a regular expression matched, whose
        ///           groups are `{1}` to `{9}`
        record Rewrite(String to) implements PathChange {
            public Rewrite {
                if (!allows(to)) {
                    throw new IllegalArgumentException(
                            "cannot rewrite to '" + to
                                    + "': it must start with '/' and hold no '?', '#', '//', '.' or '..' segment or space");
                }
            }

            public static boolean allows(String to) {
                return RouteSpec.allowsPath(to.replaceAll("\\{[1-9]}", "x"));
            }
        }
    }

    /// Whether a request is refused whose path two programs may read differently.
    public enum AmbiguousPaths {
        /// Where the path has a say in which route of its host takes a request.
        UNLESS_ALONE,
        REFUSE,
        PASS;
    }
}
