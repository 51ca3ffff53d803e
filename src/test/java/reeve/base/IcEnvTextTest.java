package reeve.base;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

@DisplayName("SUP-10: the env files of the IC's grammar")
class IcEnvTextTest {

    private static Map<String, String> read(String text) {
        return ((EnvText.Result.Read) IcEnvText.parse(text)).values();
    }

    private static List<String> problems(String text) {
        return ((EnvText.Result.Refused) IcEnvText.parse(text)).problems().stream().map(EnvText.Problem::toString).toList();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("A=b", "b"),
                arguments("export A=b", "b"),
                arguments("  export\tA = b  ", "b"),
                arguments("A=", ""),
                arguments("A= # nothing", ""),
                arguments("A=b # c", "b"),
                arguments("A=b#c", "b"),
                arguments("# A=c\n\n \t\nA=b\n", "b"),
                arguments("A=b\r\n", "b"),
                arguments("A=[::]:443", "[::]:443"),
                arguments("A=http://127.0.0.1:8080/x?y", "http://127.0.0.1:8080/x?y"),
                arguments("A=b\nA=c", "c"),
                arguments("A=\"b = 'c' # `d`\" # e", "b = 'c' # `d`"),
                arguments("A='b \"c\" #'", "b \"c\" #"),
                arguments("A=`b \"c\" 'd'`", "b \"c\" 'd'"),
                arguments("A=\"b\nc\"", "b\nc"),
                arguments("A='b\nc'", "b\nc"),
                arguments("A=\"b\\nc\"", "b\nc"),
                arguments("A='b\\nc'", "b\nc"),
                arguments("A=`b\\nc`", "b\nc"),
                arguments("A=\"b\\\"c\"", "b\"c"),
                arguments("A='b\\\"c'", "b\\\"c"),
                arguments("A=\"b\\tc\\\\d\"", "b\\tc\\\\d"),
                arguments("A=b\\nc", "b\\nc"),
                arguments("A=\"\"", ""),
                arguments("A=$B${C}", "$B${C}"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueIs(String text, String value) {
        assertThat(read(text)).isEqualTo(Map.of("A", value));
    }

    @Test
    void namesAreOfAnyLetters() {
        assertThat(read("Größe=1\n変数=2\nexport=3\nexport export=4\nA.b-c=5")).isEqualTo(
                Map.of("Größe", "1", "変数", "2", "export", "4", "A.b-c", "5"));
    }

    @Test
    void theFileOfAGatewayIsRead() {
        assertThat(read("""
                # policy only
                LISTEN_PLAIN=[::]:80
                LISTEN_TLS=[::]:443   # both families
                METRICS_LISTEN="[::]:9314"
                IC_URL='http://127.0.0.1:8080'
                export LOG_JOURNALD=true
                """)).isEqualTo(Map.of("LISTEN_PLAIN", "[::]:80", "LISTEN_TLS", "[::]:443", "METRICS_LISTEN", "[::]:9314",
                "IC_URL", "http://127.0.0.1:8080", "LOG_JOURNALD", "true"));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments("A", "1: cannot read 'A': expected KEY=value"),
                arguments("\n\nexport A # b", "3: cannot read 'A': expected KEY=value"),
                arguments("A b=c", "1: cannot read 'A': expected KEY=value"),
                arguments("B=1\n=c", "2: cannot read a value without a name before '='"),
                arguments("\"A\"=c", "1: cannot read '': expected KEY=value"),
                arguments("B=\"1\n2\"\nA=\"b\nC=d", "3: cannot read the value of A: the closing \" is missing"),
                arguments("A='b", "1: cannot read the value of A: the closing ' is missing"),
                arguments("A=`b", "1: cannot read the value of A: the closing ` is missing"),
                arguments("A=b c", "1: cannot read what follows the value of A: quote a value that holds blanks, '=' or quotes"),
                arguments("A=b=c", "1: cannot read what follows the value of A: quote a value that holds blanks, '=' or quotes"),
                arguments("A=b'c'", "1: cannot read what follows the value of A: quote a value that holds blanks, '=' or quotes"),
                arguments("A=\"b\"c", "1: cannot read what follows the value of A: quote a value that holds blanks, '=' or quotes"),
                arguments("A=b\0", "1: cannot use a NUL character"),
                arguments("A='b\0'", "1: cannot use a NUL character"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorNamesItsLine(String text, String problem) {
        assertThat(problems(text)).first().isEqualTo(problem);
    }

    @Test
    void allErrorsAreShownAtOnceUpToABound() {
        assertThat(problems("A\nB=1\nC\n=d")).containsExactly("1: cannot read 'A': expected KEY=value",
                "3: cannot read 'C': expected KEY=value", "4: cannot read a value without a name before '='");
        assertThat(problems("A\n".repeat(1000))).hasSize(EnvText.MOST_PROBLEMS);
    }
}
