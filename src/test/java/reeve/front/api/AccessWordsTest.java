package reeve.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.Access;
import reeve.model.Address;
import reeve.model.AddressRange;

class AccessWordsTest {
    @Test
    void eachRuleIsToldInTheOrderInWhichItIsAskedAndNoPasswordIs() {
        Access access = Access.OPEN
                .with(new Access.Addresses(List.of(AddressRange.parse("10.0.0.0/8")), List.of(AddressRange.parse("10.6.6.6"))))
                .with(new Access.Callers(List.of("bot"), true, List.of("spam")))
                .withClientRate(new Access.Rate(10, Duration.ofSeconds(1), 5)).withRouteRate(new Access.Rate(60, Duration.ofMinutes(1), 0))
                .withMaxBody(9)
                .with(new Access.Cors(List.of("https://a.example"), List.of(), List.of(), List.of(), false, Duration.ZERO))
                .with(new Access.Basic("staff", List.of("jo:{SHA}secret"), Optional.of(Path.of("/etc/staff")), false))
                .with(new Access.Forward("h", Optional.of(new Address("10.0.0.7", 91)), "/v", List.of(), Duration.ofSeconds(1)))
                .with(Access.ForwardedFor.DROP);
        assertThat(AccessWords.of(access)).containsExactly("clients are let in from 10.0.0.0/8",
                "clients are refused (403) from 10.6.6.6/32",
                "requests without a user agent are refused (403)", "user agents are refused (403) that match bot",
                "referers are refused (403) that match spam", "each client may make 10 requests in 1s and 5 more at once (429)",
                "all clients together may make 60 requests in 1m and 0 more at once (429)", "bodies of more than 9 bytes are refused (413)",
                "pages of other sites may use it (CORS): https://a.example",
                "a name and a password are asked for (401): realm staff, users in /etc/staff",
                "each request is asked about at http://10.0.0.7:91/v", "the backend does not learn the client's address");
        assertThat(AccessWords.of(Access.OPEN)).isEmpty();
    }
}
