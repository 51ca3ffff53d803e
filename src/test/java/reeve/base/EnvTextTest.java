package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.base.EnvText.Problem;
import reeve.base.EnvText.Result;

class EnvTextTest {
    private static final Map<String, String> OUTSIDE = Map.of("HOME", "/home/ada", "BOTH", "outside");

    private static Result parse(String text) {
        return EnvText.parse(text, name -> Optional.ofNullable(OUTSIDE.get(name)));
    }

    private static Map<String, String> values(String text) {
        return switch (parse(text)) {
            case Result.Read(Map<String, String> values) -> values;
            case Result.Refused(List<Problem> problems) -> throw new AssertionError(problems);
        };
    }

    private static List<String> problems(String text) {
        return switch (parse(text)) {
            case Result.Read(Map<String, String> values) -> throw new AssertionError(values);
            case Result.Refused(List<Problem> problems) -> problems.stream().map(Problem::toString).toList();
        };
    }

    @Test
    void linesAreReadAsComposeReadsThem() {
        assertThat(values("""
                # a comment

                PLAIN=value
                  SPACED =  two words \t
                export EXPORTED=yes
                COLON: value
                EMPTY=
                HASH=a#b # comment
                URL=http://a?b=c
                """)).containsExactlyInAnyOrderEntriesOf(Map.of("PLAIN", "value", "SPACED", "two words", "EXPORTED", "yes",
                "COLON", "value", "EMPTY", "", "HASH", "a#b", "URL", "http://a?b=c"));
    }

    @Test
    void quotesKeepAndMaySpanLines() {
        assertThat(values("""
                SINGLE='a $HOME "b" \\n # c' # comment
                DOUBLE="a\\tb\\n\\"c\\" \\\\ \\$HOME" # comment
                LONG="one
                two"
                AFTER=it's
                QUOTE='it\\'s'
                """)).isEqualTo(Map.of("SINGLE", "a $HOME \"b\" \\n # c", "DOUBLE", "a\tb\n\"c\" \\ $HOME", "LONG", "one\ntwo",
                "AFTER", "it's", "QUOTE", "it's"));
    }

    @Test
    void variablesComeFromOutsideFirstThenFromAbove() {
        assertThat(values("""
                BOTH=inside
                ONE=1
                A=$HOME/${ONE}/${BOTH}
                B="${NONE:-${ONE}}"
                C=$$ONE
                D='$ONE'
                """)).contains(Map.entry("A", "/home/ada/1/outside"), Map.entry("B", "1"), Map.entry("C", "$ONE"), Map.entry("D", "$ONE"));
    }

    @Test
    void aNameAloneIsTakenFromOutside() {
        assertThat(values("HOME\nABSENT\n")).isEqualTo(Map.of("HOME", "/home/ada"));
    }

    @Test
    void carriageReturnsAndByteOrderMarksDoNotMatter() {
        assertThat(values("\uFEFFA=1\r\nB=2\r\n")).isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    void everyWrongLineIsNamed() {
        assertThat(problems("""
                GOOD=1
                =value
                1A=x
                A B=c
                DOLLAR=a$
                NEEDED=${X:?say X}
                OPEN="${HOME"
                TRAIL="a" b
                """)).containsExactly(
                "2: cannot use '' as a name: expected KEY=value, with letters, digits, '_', '.' and '-'",
                "3: cannot use '1A' as a name: expected KEY=value, with letters, digits, '_', '.' and '-'",
                "4: cannot read what follows 'A': expected '='",
                "5: cannot read '$' without a name after it: write '$$' for a plain dollar sign",
                "6: needs the variable X: say X",
                "7: cannot read '${HOME': the closing '}' is missing",
                "8: cannot read what follows the value of TRAIL: expected the end of the line");
        assertThat(problems("A='open\nB=1\n")).containsExactly("1: cannot read the value of A: the closing ' is missing");
        assertThat(problems("A=a\0b\n")).containsExactly("1: cannot use a NUL character in a value");
    }

    @Test
    void manyProblemsAreCutOff() {
        assertThat(problems("=\n".repeat(1000))).hasSize(50);
    }
}
