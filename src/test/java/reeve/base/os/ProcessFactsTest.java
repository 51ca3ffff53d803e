package reeve.base.os;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessFactsTest {
    private static final String TAIL = " 1 77 70 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 %d 0 12345 0 0";

    @Test
    void aNameMayHoldBlanksAndParentheses() {
        assertThat(ProcessFacts.parse("78 (a) S (b c) S" + TAIL.formatted(1)))
                .contains(new ProcessFacts(78, 'S', 1, 77, 70, 1, 12345));
    }

    @Test
    void aCutOffTextIsNoProcess() {
        assertThat(ProcessFacts.parse("78 (a) S 1 77")).isEmpty();
        assertThat(ProcessFacts.parse("")).isEmpty();
    }

    @Test
    void aZombieIsGoneUnlessOtherThreadsOfItLive() {
        assertThat(ProcessFacts.parse("78 (a) Z" + TAIL.formatted(1)).orElseThrow().gone()).isTrue();
        assertThat(ProcessFacts.parse("78 (a) Z" + TAIL.formatted(3)).orElseThrow().gone()).isFalse();
        assertThat(ProcessFacts.parse("78 (a) T" + TAIL.formatted(1)).orElseThrow().gone()).isFalse();
    }
}
