package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.model.Access;
import reeve.model.Address;
import reeve.model.AddressRange;
import reeve.model.ManifestSource;

/// What `access` of a route means.
class AccessManifestTest {

    private static ManifestReader.Result read(String access) {
        String text = "services: { web: { command: [a, \"${port}\"], route: { host: a, access: " + access + " } } }";
        return new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of()));
    }

    private static Access access(String text) {
        return switch (read(text)) {
            case ManifestReader.Result.Read read -> read.spec().services().getFirst().routes().getFirst().handling().access();
            case ManifestReader.Result.Refused refused -> throw new AssertionError(refused.errors());
        };
    }

    @Test
    void addressesAndProgramsAreOneOrAList() {
        assertThat(access("{ allow: 10.0.0.0/8, deny: [10.6.6.6, \"2001:db8::/32\"], block_agents: bot, require_agent: true }")).isEqualTo(
                Access.OPEN.with(new Access.Addresses(List.of(AddressRange.parse("10.0.0.0/8")),
                        List.of(AddressRange.parse("10.6.6.6"), AddressRange.parse("2001:db8::/32"))))
                        .with(new Access.Callers(List.of("bot"), true, List.of())));
    }

    @Test
    void aRateHasTheBurstOfItsOwnNumberUnlessToldOtherwise() {
        assertThat(access("{ rate_limit: 100r/s }").clientRate()).contains(new Access.Rate(100, Duration.ofSeconds(1), 100));
        assertThat(access("{ rate_limit: { rate: 30/m, burst: 5 } }").clientRate())
                .contains(new Access.Rate(30, Duration.ofMinutes(1), 5));
        assertThat(access("{ route_rate_limit: 10/h }").routeRate()).contains(new Access.Rate(10, Duration.ofHours(1), 10));
    }

    @Test
    void aBodyHasASize() {
        assertThat(access("{ max_body: 10m }").maxBody()).isEqualTo(Optional.of(10L * 1024 * 1024));
    }

    @Test
    void whoSomebodyIsMayBeAskedInSeveralWays() {
        assertThat(access("{ basic_auth: { users: 'jo:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', realm: staff } }").basic()).contains(
                new Access.Basic("staff", List.of("jo:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="), Optional.empty(), false));
        assertThat(access("{ basic_auth: { users: 'jo:$$apr1$$abcdefgh$$h9FWgUz3n9YxylKLlR5SQ/' } }").basic().orElseThrow().users())
                .containsExactly("jo:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/");
        assertThat(access("{ forward_auth: { url: \"http://10.0.0.7:9091/v?x=1\", copy_headers: Remote-User, timeout: 3s } }").forward())
                .contains(new Access.Forward("10.0.0.7:9091", Optional.of(new Address("10.0.0.7", 9091)), "/v?x=1",
                        List.of("remote-user"), Duration.ofSeconds(3)));
        assertThat(access("{ forward_auth: { route: auth.example.org } }").forward()).contains(
                new Access.Forward("auth.example.org", Optional.empty(), "/", List.of(), Duration.ofSeconds(10)));
        assertThat(access("{ forwarded_for: drop }").forwardedFor()).isEqualTo(Access.ForwardedFor.DROP);
        assertThat(access("{ cors: { origins: [\"https://*.a.example\"], methods: PUT, headers: X-A } }").cors()).contains(
                new Access.Cors(List.of("https://*.a.example"), List.of("PUT"), List.of("x-a"), List.of(), false, Duration.ofMinutes(10)));
    }

    @Test
    void passwordsMayBeASecretOfTheApp() {
        String text = """
                secrets: { staff: { file: /etc/staff } }
                routes: [ { host: a, to: "http://10.0.0.7:80", access: { basic_auth: { users_secret: staff } } } ]
                """;
        assertThat(new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of()))).isInstanceOfSatisfying(
                ManifestReader.Result.Read.class, read -> assertThat(read.spec().routes().getFirst().route().handling().access().basic()
                        .orElseThrow().file()).contains(Path.of("/etc/staff")));
    }

    @Test
    void nothingIsEverybody() {
        assertThat(access("")).isEqualTo(Access.OPEN);
        assertThat(access("{ }")).isEqualTo(Access.OPEN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '|', value = {
            "{ allow: 10.0.0.1/8 }; cannot read 10.0.0.1/8: bits behind the prefix are set",
            "{ deny: example.org }; cannot read example.org: it is no IP address or range",
            "{ block_agents: \"a(\" }; cannot read the regular expression 'a('",
            "{ rate_limit: fast }; cannot read 'fast': allowed is a rate such as 100/s, 30/m or 1000/h",
            "{ rate_limit: 0/s }; cannot limit to 0 requests",
            "{ rate_limit: { rate: 1/h, burst: 1000 } }; it would take more than a day to recover from one",
            "{ rate_limit: { burst: 5 } }; needs 'rate', such as 100/s",
            "{ basic_auth: { users: 'jo:secret' } }; cannot read a user",
            "{ basic_auth: { users_secret: staff } }; there is no secret 'staff' in this app",
            "{ basic_auth: { realm: x } }; needs 'users' or 'users_secret'",
            "{ forward_auth: { timeout: 1s } }; needs either 'url'",
            "{ forward_auth: { url: \"https://a/\" } }; allowed is http://HOST:PORT/PATH",
            "{ cors: { origins: \"*\", credentials: true } }; cannot let any origin use credentials",
            "{ cors: { origins: a.example } }; cannot allow the origin 'a.example'",
            "{ max_body: big }; cannot read 'big': allowed is a size"})
    void whatDoesNotFitIsRefused(String access, String message) {
        assertThat(read(access)).isInstanceOfSatisfying(ManifestReader.Result.Refused.class, refused ->
                assertThat(refused.errors()).extracting(ManifestReader.ManifestError::message).anyMatch(text -> text.contains(message)));
    }
}
