package reeve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.AccessFormat.Part;
import reeve.model.AccessFormat.Variable;

class AccessFormatTest {
    @Test
    void variablesAreNginxs() {
        assertThat(new AccessFormat.Text("a $status${request_time}s \"$http_user_agent\"").parts()).containsExactly(
                new Part.Plain("a "), new Part.Known(Variable.STATUS), new Part.Known(Variable.REQUEST_TIME), new Part.Plain("s \""),
                new Part.Header("user-agent"), new Part.Plain("\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "$", "a $ b", "$stauts", "${status", "$http_", "a\nb", "é"})
    void whatCannotBeFilledInIsRefused(String text) {
        assertThatThrownBy(() -> new AccessFormat.Text(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headersAreNames() {
        assertThat(new AccessFormat.Json(List.of("User-Agent", "user-agent")).headers()).containsExactly("user-agent");
        assertThatThrownBy(() -> new AccessFormat.Json(List.of("a b"))).isInstanceOf(IllegalArgumentException.class);
    }
}
