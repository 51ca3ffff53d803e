package reeve.serve.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.base.regex.LinearPattern;
import reeve.model.Access;

/// Which programs are let in, by what they say of themselves. Immutable.
final class CallerRules {
    private static final int MOST_LOOKED_AT = 1024; // so that a long header costs no more than a short one

    private final @Nullable LinearPattern agents;
    private final @Nullable LinearPattern referers;
    private final boolean agentNeeded;

    private CallerRules(Access.Callers callers) {
        this.agents = callers.blockedAgents().isEmpty() ? null : LinearPattern.anyOf(callers.blockedAgents());
        this.referers = callers.blockedReferers().isEmpty() ? null : LinearPattern.anyOf(callers.blockedReferers());
        this.agentNeeded = callers.agentNeeded();
    }

    /// @return null where all are let in
    static @Nullable CallerRules of(Access.Callers callers) {
        return callers.equals(Access.Callers.ANY) ? null : new CallerRules(callers);
    }

    /// @return null for who is let in
    @Nullable Refusal check(Caller caller) {
        List<String> named = agents == null && !agentNeeded ? List.of() : caller.header("user-agent");
        if (agentNeeded && named.stream().allMatch(String::isEmpty)) {
            return Refusal.forbidden(Refusal.Reason.AGENT, "requests must have a user agent");
        }
        if (agents != null && anyFound(agents, named)) {
            return Refusal.forbidden(Refusal.Reason.AGENT, "its user agent is blocked");
        }
        if (referers != null && anyFound(referers, caller.header("referer"))) {
            return Refusal.forbidden(Refusal.Reason.REFERER, "its referer is blocked");
        }
        return null;
    }

    private static boolean anyFound(LinearPattern pattern, List<String> values) {
        for (String value : values) {
            if (pattern.found(value.length() > MOST_LOOKED_AT ? value.substring(0, MOST_LOOKED_AT) : value)) {
                return true;
            }
        }
        return false;
    }
}
