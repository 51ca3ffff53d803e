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
            "{ max_body: big }; cannot read 'big': allowed is a size"})
    void whatDoesNotFitIsRefused(String access, String message) {
        assertThat(read(access)).isInstanceOfSatisfying(ManifestReader.Result.Refused.class, refused ->
                assertThat(refused.errors()).extracting(ManifestReader.ManifestError::message).anyMatch(text -> text.contains(message)));
    }
}
