package reeve.serve.edge;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.model.Compression;
import reeve.model.Compression.Coding;
import reeve.model.RouteEdge;

import static org.assertj.core.api.Assertions.assertThat;

class CompressionRulesTest {
    private final CompressionRules rules = Objects.requireNonNull(Objects.requireNonNull(
            EdgeRules.of(Optional.of(RouteEdge.NONE.with(Compression.STANDARD)))).compression());

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "'' | none", "gzip | GZIP", "'gzip, deflate, br, zstd' | ZSTD", "'gzip, deflate, br' | BR",
        "'gzip, deflate' | GZIP", "deflate | none", "* | ZSTD", "x-gzip | GZIP",
        "'gzip;q=1.0, br;q=0.5' | GZIP", "'zstd;q=0, *' | BR", "'gzip;q=0' | none", "'*;q=0' | none", "identity | none",
        "'identity, gzip;q=0.5' | none", "'identity;q=0.5, gzip' | GZIP", "'identity;q=0, gzip;q=0.1' | GZIP", "' GZIP ; q=0.1' | GZIP",
        "'gzip;q=foo' | none", "'gzip,,br;q=0.999' | GZIP"})
    void theClientsPreferenceCountsThenOurs(String accepted, Coding expected) {
        byte[] bytes = accepted.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(rules.chosen(bytes, 0, bytes.length, Set.of(Coding.values()))).isEqualTo(expected);
    }

    @Test
    void whatIsNotOfferedIsNotChosen() {
        byte[] bytes = "br, gzip;q=0.2".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(rules.chosen(bytes, 0, bytes.length, Set.of(Coding.GZIP))).isEqualTo(Coding.GZIP);
    }

    @ParameterizedTest
    @CsvSource({"text/html; charset=utf-8,-1,true", "TEXT/PLAIN,1024,true", "text/html,1023,false", "image/png,-1,false", "'',-1,false",
        "text/event-stream,-1,false", "application/json,5000,true", "application/octet-stream,-1,false", "nonsense,-1,false"})
    void textIsWorthIt(String type, long length, boolean expected) {
        assertThat(rules.covers(type, length)).isEqualTo(expected);
    }
}
