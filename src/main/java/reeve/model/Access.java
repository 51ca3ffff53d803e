package reeve.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who may use a route, how often, and for how much at a time. What is left open costs a request nothing.
/// @param clientRate requests of one client
/// @param routeRate  requests of all clients together
/// @param maxBody    bytes of a request's body; empty for any number
/// @param basic      who needs a password
/// @param forward    who is asked about each request
/// @param cors       which other sites' pages may use it
public record Access(Addresses addresses, Callers callers, Optional<Rate> clientRate, Optional<Rate> routeRate, Optional<Long> maxBody,
        Optional<Basic> basic, Optional<Forward> forward, Optional<Cors> cors, ForwardedFor forwardedFor) {
    /// Everybody, as they like.
    public static final Access OPEN = new Access(Addresses.ANY, Callers.ANY, Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty(), ForwardedFor.ADD);

    public Access with(Addresses next) {
        return new Access(next, callers, clientRate, routeRate, maxBody, basic, forward, cors, forwardedFor);
    }

    public Access with(Callers next) {
        return new Access(addresses, next, clientRate, routeRate, maxBody, basic, forward, cors, forwardedFor);
    }

    public Access withClientRate(Rate next) {
        return new Access(addresses, callers, Optional.of(next), routeRate, maxBody, basic, forward, cors, forwardedFor);
    }

    public Access withRouteRate(Rate next) {
        return new Access(addresses, callers, clientRate, Optional.of(next), maxBody, basic, forward, cors, forwardedFor);
    }

    public Access withMaxBody(long next) {
        return new Access(addresses, callers, clientRate, routeRate, Optional.of(next), basic, forward, cors, forwardedFor);
    }

    public Access with(Basic next) {
        return new Access(addresses, callers, clientRate, routeRate, maxBody, Optional.of(next), forward, cors, forwardedFor);
    }

    public Access with(Forward next) {
        return new Access(addresses, callers, clientRate, routeRate, maxBody, basic, Optional.of(next), cors, forwardedFor);
    }

    public Access with(Cors next) {
        return new Access(addresses, callers, clientRate, routeRate, maxBody, basic, forward, Optional.of(next), forwardedFor);
    }

    public Access with(ForwardedFor next) {
        return new Access(addresses, callers, clientRate, routeRate, maxBody, basic, forward, cors, next);
    }

    public boolean isOpen() {
        return equals(OPEN);
    }

    /// What backends learn of the client's address.
    public enum ForwardedFor {
        /// `X-Forwarded-For` names it, after what trusted proxies said.
        ADD,
        /// Nothing.
        DROP,
        /// Only what the client says itself, whoever it is.
        PASS
    }

    /// Who has a name and a password.
    /// @param users  `NAME:HASH`, as `htpasswd` writes them
    /// @param file   with more of these, read again when it changes
    /// @param remove whether the backend does not get the credentials
    public record Basic(String realm, List<String> users, Optional<Path> file, boolean remove) {
        public Basic {
            users = List.copyOf(users);
            if (!allowsRealm(realm)) {
                throw new IllegalArgumentException("cannot name a realm '" + realm + "'");
            }
        }

        /// Whether a hash has a form that passwords can be compared with.
        public static boolean allowsHash(String hash) {
            return hash.matches("\\$2[abxy]\\$(0[4-9]|1[0-9])\\$[./A-Za-z0-9]{53}|\\$apr1\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}"
                    + "|\\$[56]\\$(rounds=[0-9]{1,6}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{43,86}|\\{SHA}[+/A-Za-z0-9]{27}=");
        }

        public static boolean allowsRealm(String realm) {
            return realm.matches("[ !#-\\[\\]-~]{1,200}");
        }
    }

    /// Who is asked about each request: an answer of 200 to 299 lets it pass, any other is the client's.
    /// @param host   where the question goes: the host of a route here, or of its URL
    /// @param to     address of a URL; empty where a route of this node takes the question
    /// @param target path and query of the question
    /// @param copied names in lower case of headers of the answer that the request gets, and loses where the client sent them
    public record Forward(String host, Optional<Address> to, String target, List<String> copied, Duration timeout) {
        public Forward {
            copied = List.copyOf(copied);
        }
    }

    /// Which other sites' pages may use it (CORS, as the Fetch standard has it).
    /// @param origins     such as `https://a.example`, `https://*.a.example` for any name under a suffix, or `*`
    /// @param methods     besides GET, HEAD and POST
    /// @param headers     that a page may send, in lower case; `*` for any
    /// @param exposed     that a page may read
    /// @param credentials whether with cookies and passwords
    /// @param maxAge      for how long a browser need not ask again
    public record Cors(List<String> origins, List<String> methods, List<String> headers, List<String> exposed, boolean credentials,
            Duration maxAge) {
        public Cors {
            origins = List.copyOf(origins);
            methods = List.copyOf(methods);
            headers = List.copyOf(headers);
            exposed = List.copyOf(exposed);
            if (credentials && origins.contains("*")) {
                throw new IllegalArgumentException("cannot let any origin use credentials: every page could act for who looks at it");
            }
        }

        public static boolean allowsOrigin(String origin) {
            return origin.equals("*") || origin.matches("[a-z][a-z0-9+.-]{0,20}://(\\*\\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?");
        }
    }

    /// Which clients are let in, by their address. The longest range that holds an address decides, of two as long the one that denies; an
    /// address in none is let in only where no range allows any.
    public record Addresses(List<AddressRange> allow, List<AddressRange> deny) {
        public static final Addresses ANY = new Addresses(List.of(), List.of());

        public Addresses {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
        }
    }

    /// Which programs are let in, by what they say of themselves: a courtesy that keeps out who does not hide.
    /// @param blockedAgents   regular expressions, in any case, anywhere in `User-Agent`
    /// @param agentNeeded     whether a request without a `User-Agent` is refused
    /// @param blockedReferers the same for `Referer`
    public record Callers(List<String> blockedAgents, boolean agentNeeded, List<String> blockedReferers) {
        public static final Callers ANY = new Callers(List.of(), false, List.of());
        public static final int MOST_EXPRESSIONS = 100;
        private static final int LONGEST_EXPRESSION = 1000;

        public Callers {
            blockedAgents = List.copyOf(blockedAgents);
            blockedReferers = List.copyOf(blockedReferers);
            if (blockedAgents.size() > MOST_EXPRESSIONS || blockedReferers.size() > MOST_EXPRESSIONS) {
                throw new IllegalArgumentException("cannot block by more than " + MOST_EXPRESSIONS + " expressions");
            }
        }

        /// Whether a regular expression is short enough; whether it is one shows when it is compiled.
        public static boolean allowsExpression(String expression) {
            return !expression.isEmpty() && expression.length() <= LONGEST_EXPRESSION;
        }
    }

    /// How often something may happen: on average so often, and once so often more at a time (a token bucket; nginx's `limit_req` with
    /// `burst` and `nodelay`).
    /// @param burst how many may come at once besides the one that is due
    public record Rate(int requests, Duration per, int burst) {
        public static final int MOST = 1_000_000;
        private static final Duration LONGEST = Duration.ofDays(1);

        public Rate {
            if (requests < 1 || requests > MOST || burst < 0 || burst > MOST || per.isNegative() || per.isZero()) {
                throw new IllegalArgumentException("cannot limit to " + requests + " requests in " + per + " with a burst of " + burst
                        + ": allowed are numbers up to " + MOST);
            }
            if (per.dividedBy(requests).multipliedBy(burst + 1L).compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("cannot limit to " + requests + " requests in " + per + " with a burst of " + burst
                        + ": it would take more than a day to recover from one");
            }
        }
    }
}
