package reeve.declare.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTextTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "4096b, 4096", "1k, 1024", "1kb, 1024", "64m, 67108864", "64MB, 67108864", "1.5g, 1610612736",
        "10Gi, 10737418240", "10GiB, 10737418240", "1 GB, 1073741824", "2t, 2199023255552", "0.5k, 512"})
    void whatComposeAndOthersWriteIsRead(String text, long bytes) {
        assertThat(SizeText.parse(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1m", "1 5m", "1e3", "1p", "1.m", ".5g", "1mm", "lots", "4ib", "9999999999t", "１m"})
    void nothingElseIs(String text) {
        assertThat(SizeText.parse(text)).isEmpty();
    }
}
