package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1572864, 1.5 MiB", "1073741824, 1.0 GiB", "3298534883328, 3072.0 GiB"})
    void bytesAreSaidInTheUnitThatFits(long bytes, String words) {
        assertThat(Sizes.words(bytes)).isEqualTo(words);
    }
}
