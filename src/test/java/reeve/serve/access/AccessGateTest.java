package reeve.serve.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.model.Access;
import reeve.model.AddressRange;

class AccessGateTest {
    private final ClientRates rates = new ClientRates(1);

    private record Asking(InetAddress address, Map<String, List<String>> headers, long contentLength) implements Caller {
        @Override
        public List<String> header(String name) {
            return headers.getOrDefault(name, List.of());
        }
    }

    private static Caller from(String address) {
        return new Asking(InetAddress.ofLiteral(address), Map.of(), -1);
    }

    private static Caller saying(String name, String... values) {
        return new Asking(InetAddress.ofLiteral("10.0.0.1"), Map.of(name, List.of(values)), -1);
    }

    private static AccessGate gate(Access access) {
        AccessGate gate = AccessGate.of(access, "a/", List.of());
        assertThat(gate).isNotNull();
        return gate;
    }

    private Refusal.@Nullable Reason check(Access access, Caller caller) {
        Refusal refusal = gate(access).check(caller, rates, 0);
        return refusal == null ? null : refusal.reason();
    }

    private static Access addresses(String allow, String deny) {
        return Access.OPEN.with(new Access.Addresses(ranges(allow), ranges(deny)));
    }

    private static List<AddressRange> ranges(String text) {
        return Stream.of(text.split(" ")).filter(part -> !part.isEmpty()).map(AddressRange::parse).toList();
    }

    @Test
    void aRouteWithoutRulesHasNoGate() {
        assertThat(AccessGate.of(Access.OPEN, "a/", List.of())).isNull();
    }

    @Test
    void aGateGoesOnWhereItsRulesStayTheSame() {
        AccessGate gate = gate(addresses("10.0.0.0/8", ""));
        assertThat(AccessGate.of(addresses("10.0.0.0/8", ""), "a/", List.of(gate))).isSameAs(gate);
        assertThat(AccessGate.of(addresses("10.0.0.0/9", ""), "a/", List.of(gate))).isNotSameAs(gate);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "10.0.0.0/8; ; 10.1.2.3; true", "10.0.0.0/8; ; 11.1.2.3; false", "10.0.0.0/8; ; 2001:db8::1; false",
            "; 10.0.0.0/8; 10.1.2.3; false", "; 10.0.0.0/8; 2001:db8::1; true",
            "10.0.0.0/8; 10.6.6.0/24; 10.6.6.1; false", "10.0.0.0/8; 10.6.6.0/24; 10.6.7.1; true",
            "10.6.6.6; 10.0.0.0/8; 10.6.6.6; true", "10.6.6.6; 10.0.0.0/8; 10.6.6.7; false", "10.6.6.6; 10.0.0.0/8; 192.0.2.1; false",
            "10.6.6.6; 10.6.6.6; 10.6.6.6; false", "2001:db8::/32; 2001:db8:1::/48; 2001:db8:1::1; false",
            "2001:db8::/32; 2001:db8:1::/48; 2001:db8:2::1; true"})
    void theLongestRangeDecides(@Nullable String allow, @Nullable String deny, String client, boolean passes) {
        Refusal.Reason reason = check(addresses(allow == null ? "" : allow, deny == null ? "" : deny), from(client));
        assertThat(reason).isEqualTo(passes ? null : Refusal.Reason.ADDRESS);
    }

    @Test
    void agentsAndReferersAreFoundAnywhereWhateverTheCase() {
        Access access = Access.OPEN.with(new Access.Callers(List.of("tweetmemebot", "^curl/|^Wget"), false, List.of("spam\\.example")));
        assertThat(check(access, saying("user-agent", "Mozilla (TweetMemeBot)"))).isEqualTo(Refusal.Reason.AGENT);
        assertThat(check(access, saying("user-agent", "wget/1.0"))).isEqualTo(Refusal.Reason.AGENT);
        assertThat(check(access, saying("user-agent", "like curl/1"))).isNull();
        assertThat(check(access, saying("user-agent", "Mozilla", "curl/8"))).as("of two lines either").isEqualTo(Refusal.Reason.AGENT);
        assertThat(check(access, saying("referer", "https://SPAM.example/x"))).isEqualTo(Refusal.Reason.REFERER);
        assertThat(check(access, from("10.0.0.1"))).as("without any").isNull();
    }

    @Test
    void anAgentMayBeDemanded() {
        Access access = Access.OPEN.with(new Access.Callers(List.of(), true, List.of()));
        assertThat(check(access, from("10.0.0.1"))).isEqualTo(Refusal.Reason.AGENT);
        assertThat(check(access, saying("user-agent", ""))).isEqualTo(Refusal.Reason.AGENT);
        assertThat(check(access, saying("user-agent", "x"))).isNull();
    }

    @Test
    void theLongestHeaderIsLookedAtNoFurtherThanShortOnes() {
        Access access = Access.OPEN.with(new Access.Callers(List.of("(x+x+)+y"), false, List.of()));
        assertThat(check(access, saying("user-agent", "x".repeat(30_000) + "y"))).isNull();
        assertThat(check(access, saying("user-agent", "x".repeat(1_000) + "y"))).isEqualTo(Refusal.Reason.AGENT);
    }

    @Test
    void aRouteMayBeLimitedAsAWhole() {
        AccessGate gate = gate(Access.OPEN.withRouteRate(new Access.Rate(2, Duration.ofSeconds(1), 1)));
        long now = -Duration.ofDays(1).toNanos();
        assertThat(gate.check(from("10.0.0.1"), rates, now)).isNull();
        assertThat(gate.check(from("10.0.0.2"), rates, now)).isNull();
        assertThat(gate.check(from("10.0.0.3"), rates, now)).isNotNull().extracting(Refusal::status, Refusal::retryAfter)
                .containsExactly(429, Duration.ofMillis(500));
        assertThat(gate.check(from("10.0.0.3"), rates, now + Duration.ofMillis(500).toNanos())).isNull();
    }

    @Test
    void whoIsRefusedForItsAddressDoesNotCount() {
        AccessGate gate = gate(addresses("10.0.0.1", "").withRouteRate(new Access.Rate(1, Duration.ofSeconds(1), 0)));
        assertThat(gate.check(from("10.0.0.2"), rates, 0)).isNotNull().extracting(Refusal::status).isEqualTo(403);
        assertThat(gate.check(from("10.0.0.1"), rates, 0)).isNull();
    }

    @Test
    void aBodyThatClaimsToBeTooLongIsRefused() {
        Access access = Access.OPEN.withMaxBody(10);
        assertThat(check(access, new Asking(InetAddress.ofLiteral("10.0.0.1"), Map.of(), 10))).isNull();
        assertThat(check(access, new Asking(InetAddress.ofLiteral("10.0.0.1"), Map.of(), 11))).isEqualTo(Refusal.Reason.BODY);
    }
}
