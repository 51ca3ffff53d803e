package reeve.base.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearPatternTest {
    @Test
    void aPatternThatWouldTakeForeverElsewhereIsDecidedAtOnce() {
        LinearPattern pattern = LinearPattern.of("/(a*)*(a*)*(a|aa)+b");
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(pattern.matches("/" + "a".repeat(8000))).isFalse());
    }

    @Test
    void whatIsNoLinearPatternIsRefused() {
        for (String wrong : new String[] {"/(", "/(?=a)", "/(a)\\1", "/a{1,5000}"}) {
            assertThatThrownBy(() -> LinearPattern.of(wrong)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cannot read the regular expression '" + wrong + "': ");
        }
    }

    @ParameterizedTest
    @CsvSource({"/, /", "/abc, /abc", "/a.c, /a", "/abc*, /ab", "/abc?d, /ab", "/abc+, /abc", "'/ab{0,2}', /a", "/a\\.b, /a.b",
            "/a\\d, /a", "/(a), /",
            "/a|/b, ''", "/(?i)a, /"})
    void itIsKnownWhatAMatchMustBeginWith(String pattern, String literal) {
        assertThat(LinearPattern.of(pattern).literalPrefix()).isEqualTo(literal);
    }

    @Test
    void groupsAreFilledIn() {
        assertThat(LinearPattern.of("/(a)?(b)").rewrite("/b", "/{2}-{1}-{3}{x}{")).contains("/b--{x}{");
        assertThat(LinearPattern.of("/(a)").rewrite("/b", "/{1}")).isEmpty();
    }
}
