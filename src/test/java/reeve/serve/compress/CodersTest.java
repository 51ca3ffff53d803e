package reeve.serve.compress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.model.Compression.Coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class CodersTest {
    private final Coders coders = new Coders();

    @BeforeEach
    void load() {
        coders.load();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCompressedCanBeUndone(Coding coding) throws IOException {
        String text = "Reeve reeves. ".repeat(10_000);
        var out = new ByteArrayOutputStream();
        try (OutputStream coder = coders.open(coding, out)) {
            coder.write(text.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(out.size()).isLessThan(text.length() / 50);
        assertThat(Undo.all(coding, out.toString(StandardCharsets.ISO_8859_1))).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasFlushedCanBeReadBeforeMoreComes(Coding coding) throws IOException {
        var out = new ByteArrayOutputStream();
        try (OutputStream coder = coders.open(coding, out)) {
            for (int i = 0; i < 3; i++) {
                coder.write("hello".getBytes(StandardCharsets.UTF_8));
                coder.flush();
                assertThat(Undo.some(coding, out.toString(StandardCharsets.ISO_8859_1), 5 * (i + 1))).isEqualTo("hello".repeat(i + 1));
            }
        }
    }

    @Test
    void gzipIsThereAtOnceAndTheOthersSoon() {
        var fresh = new Coders();
        assertThat(fresh.offered()).contains(Coding.GZIP);
        await().untilAsserted(() -> assertThat(fresh.offered()).isEqualTo(Set.of(Coding.values())));
    }
}
