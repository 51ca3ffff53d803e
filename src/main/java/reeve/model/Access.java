package reeve.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who may use a route, how often, and for how much at a time. What is left open costs a request nothing.
/// @param clientRate requests of one client
/// @param routeRate  requests of all clients together
/// @param maxBody    bytes of a request's body; empty for any number
public record Access(Addresses addresses, Callers callers, Optional<Rate> clientRate, Optional<Rate> routeRate, Optional<Long> maxBody) {
    /// Everybody, as they like.
    public static final Access OPEN = new Access(Addresses.ANY, Callers.ANY, Optional.empty(), Optional.empty(), Optional.empty());

    public Access with(Addresses next) {
        return new Access(next, callers, clientRate, routeRate, maxBody);
    }

    public Access with(Callers next) {
        return new Access(addresses, next, clientRate, routeRate, maxBody);
    }

    public Access withClientRate(Rate next) {
        return new Access(addresses, callers, Optional.of(next), routeRate, maxBody);
    }

    public Access withRouteRate(Rate next) {
        return new Access(addresses, callers, clientRate, Optional.of(next), maxBody);
    }

    public Access withMaxBody(long next) {
        return new Access(addresses, callers, clientRate, routeRate, Optional.of(next));
    }

    public boolean isOpen() {
        return equals(OPEN);
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
