package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KEYS = List.of("command", "depends_on", "env_file", "environment", "healthcheck", "to", "x");

    @ParameterizedTest
    @CsvSource({"comand, command", "commnad, command", "kommando, command", "dependsOn, depends_on", "DEPENDS-ON, depends_on",
            "env-files, env_file",
        "enviroment, environment", "health_check, healthcheck", "ot, to"})
    void whatIsMeantIsFound(String written, String meant) {
        assertThat(Nearest.to(written, KEYS)).contains(meant);
    }

    @Test
    void whatIsFarFromAllIsNotGuessed() {
        assertThat(Nearest.to("volumes", KEYS)).isEmpty();
        assertThat(Nearest.to("abc", KEYS)).isEmpty();
        assertThat(Nearest.to("command".repeat(10), KEYS)).isEmpty();
        assertThat(Nearest.hint("volumes", KEYS)).isEmpty();
        assertThat(Nearest.hint("comand", KEYS)).isEqualTo("; did you mean 'command'?");
    }
}
