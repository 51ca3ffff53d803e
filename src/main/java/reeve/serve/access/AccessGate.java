package reeve.serve.access;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reeve.model.Access;

/// The rules of one route, ready to be asked. Kept over changes of the route table for as long as the route's rules are the same, so that
/// what it counts goes on. Any thread; no lock.
public final class AccessGate {
    private final Access access;
    private final long id;
    private final @Nullable AddressRules addresses;
    private final @Nullable CallerRules callers;
    private final @Nullable RateRule clientRate;
    private final @Nullable RouteRate routeRate;
    private final long maxBody;
    private final @Nullable BasicAuth basic;
    private final @Nullable CorsRules cors;

    private AccessGate(Access access, String route) {
        this.access = access;
        this.id = hash(route);
        this.addresses = AddressRules.of(access.addresses());
        this.callers = CallerRules.of(access.callers());
        this.clientRate = access.clientRate().map(RateRule::of).orElse(null);
        this.routeRate = access.routeRate().map(rate -> new RouteRate(RateRule.of(rate))).orElse(null);
        this.maxBody = access.maxBody().orElse(Long.MAX_VALUE);
        this.cors = access.cors().map(CorsRules::new).orElse(null);
        this.basic = access.basic().map(BasicAuth::new).orElse(null);
    }

    /// @param route  what it is called, the same before and after a change of its table
    /// @param before gates that the route had
    /// @return null where everybody may pass
    public static @Nullable AccessGate of(Access access, String route, List<AccessGate> before) {
        if (access.isOpen()) {
            return null;
        }
        return before.stream().filter(gate -> gate.access.equals(access)).findFirst().orElseGet(() -> new AccessGate(access, route));
    }

    /// Whether a request may go on, as far as can be told at once. Counts it where it may.
    /// @param now reading of [reeve.base.Time#nanos]
    /// @return null where it may
    public @Nullable Refusal check(Caller caller, ClientRates rates, long now) {
        if (addresses != null && !addresses.allow(caller.address())) {
            return Refusal.forbidden(Refusal.Reason.ADDRESS, "its address is not allowed here");
        }
        Refusal refusal = callers == null ? null : callers.check(caller);
        if (refusal == null) {
            refusal = tooFast(caller, rates, now);
        }
        return refusal == null && caller.contentLength() > maxBody ? tooLarge() : refusal;
    }

    private @Nullable Refusal tooFast(Caller caller, ClientRates rates, long now) {
        Duration wait = clientRate == null ? null : rates.take(clientRate, id, caller.address(), now);
        if (wait != null) {
            return new Refusal(Refusal.Reason.CLIENT_RATE, 429, "its client makes more than " + clientRate, wait);
        }
        wait = routeRate == null ? null : routeRate.take(now);
        return wait == null ? null
                : new Refusal(Refusal.Reason.ROUTE_RATE, 429, "all clients together make more than " + routeRate.rule(), wait);
    }

    /// Who needs a password; null where nobody does.
    public @Nullable BasicAuth basic() {
        return basic;
    }

    /// Which other sites' pages may use it; null where nothing is said of that.
    public @Nullable CorsRules cors() {
        return cors;
    }

    /// Which rules these are.
    public Access access() {
        return access;
    }

    /// The most bytes that a request's body may have.
    public long maxBody() {
        return maxBody;
    }

    /// What is wrong with a request whose body turns out to be longer than [#maxBody].
    public Refusal tooLarge() {
        return new Refusal(Refusal.Reason.BODY, 413, "its body has more than " + maxBody + " bytes", Duration.ZERO);
    }

    /// FNV-1a.
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
