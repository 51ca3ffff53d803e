package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.wire.WireException;

class JsonTest {
    @Test
    void whatIsWrittenIsRead() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("text", "a \"quoted\" \\ line\nand\u0001 ü");
        fields.put("numbers", List.of(1L, -2L, 3.5, 1_000_000_000_000L));
        fields.put("truths", Arrays.asList(true, false, null));
        fields.put("empty", List.of(new LinkedHashMap<>(), List.of(), ""));
        Json read = Json.parse(Json.object(fields).toString());
        assertThat(read.get("text").text()).isEqualTo("a \"quoted\" \\ line\nand\u0001 ü");
        assertThat(read.get("numbers").items()).extracting(Json::number).containsExactly(1L, -2L, 3L, 1_000_000_000_000L);
        assertThat(read.get("truths").items()).extracting(Json::truth).containsExactly(true, false, false);
        assertThat(read).hasToString(Json.object(fields).toString());
    }

    @Test
    void whatIsNotThereIsEmpty() {
        Json json = Json.parse(" { \"a\" : { \"b\" : [ \"\\u0041\\n\" ] } , \"n\" : null } ");
        assertThat(json.get("a").get("b").texts()).containsExactly("A\n");
        assertThat(json.get("x").get("y").text()).isEmpty();
        assertThat(json.get("n").items()).isEmpty();
        assertThat(json.find("x", "n", "a")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,", "{\"a\"}", "{\"a\":}", "[1 2]", "\"open", "\"\\u00", "\"\\x\"", "--1", "{a:1}",
            "\"\\uzzzz\""})
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(WireException.class);
    }

    @Test
    void depthIsBounded() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(WireException.class)
                .hasMessageContaining("deep");
    }

    @Test
    void noTextBreaksIt() {
        var random = new Random(7);
        String alphabet = "{}[]\",:\\u0123456789eE+-.truefalsn \n";
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (int j = random.nextInt(20); j >= 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(Json.parse(text.toString()).toString()).isNotBlank();
            } catch (WireException e) {
                assertThat(e.getMessage()).isNotBlank(); // the one way to refuse
            }
        }
    }
}
