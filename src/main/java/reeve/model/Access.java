package reeve.model;

import java.util.List;

/// Who may use a route. What is left open costs a request nothing.
public record Access(Addresses addresses, Callers callers) {
    /// Everybody, as they like.
    public static final Access OPEN = new Access(Addresses.ANY, Callers.ANY);

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
}
