package reeve.model;

/// How the proxy spreads the requests of a service over its instances.
/// @param sticky name of the cookie that keeps a client with its instance; empty for none
public record Balance(Choice choice, String sticky) {
    public static final Balance DEFAULT = new Balance(new Choice.LeastRequests(), "");

    public Balance {
        if (!sticky.isEmpty() && !allowsToken(sticky)) {
            throw new IllegalArgumentException("cannot name a cookie '" + sticky + "': allowed are letters, digits and -_.!#$%&'*+^`|~");
        }
    }

    /// Which instance gets a request.
    public sealed interface Choice {
        /// Of two at random, the one with fewer requests.
        record LeastRequests() implements Choice {}

        /// One after the other.
        record RoundRobin() implements Choice {}

        /// The same one for the same key, for as long as it is there; when it goes, only its keys move.
        record Hash(Key key) implements Choice {}
    }

    /// What of a request decides. One that has none of it is spread as [Choice.LeastRequests].
    public sealed interface Key {
        /// The address that it comes from.
        record Client() implements Key {}

        record Header(String name) implements Key {
            public Header {
                demandToken(name);
            }
        }

        record Cookie(String name) implements Key {
            public Cookie {
                demandToken(name);
            }
        }
    }

    private static void demandToken(String name) {
        if (!allowsToken(name)) {
            throw new IllegalArgumentException("cannot name a header or cookie '" + name + "'");
        }
    }

    /// A name of a header or a cookie (RFC 9110 §5.6.2).
    public static boolean allowsToken(String name) {
        return name.length() <= 100 && name.matches("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");
    }
}
