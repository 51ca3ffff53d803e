package reeve.base.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import reeve.base.journal.Journal.Entry;

/// Properties that hold for all bytes whatever.
@Tag("fuzz")
class JournalFuzzTest {
    private final Lines lines = new Lines();

    @FuzzTest(maxDuration = "10s")
    void aLineIsAnEntryFitForATerminalOrNone(byte[] bytes) {
        lines.parse(bytes).ifPresent(this::isClean);
    }

    @FuzzTest(maxDuration = "10s")
    void anyTextComesBackFromOneLine(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        isClean(lines.clean(new Entry(1, Instant.EPOCH, text, text, text, Map.of(text, text))));
        String wide = new String(bytes, StandardCharsets.UTF_16);
        isClean(lines.clean(new Entry(1, Instant.EPOCH, wide, wide, wide, Map.of(wide, wide))));
    }

    private void isClean(Entry entry) {
        assertThat(entry.toString().codePoints()).noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
        byte[] line = lines.format(entry);
        assertThat(new String(line, StandardCharsets.UTF_8).indexOf('\n')).isEqualTo(new String(line, StandardCharsets.UTF_8).length() - 1);
        assertThat(lines.parse(line)).contains(entry);
    }
}
