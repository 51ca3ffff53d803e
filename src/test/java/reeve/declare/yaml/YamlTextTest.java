package reeve.declare.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class YamlTextTest {
    private final Problems problems = new Problems();

    private Value root(String text) {
        return Value.root(YamlText.parse(text, problems).orElseThrow(() -> new AssertionError(problems.errors())), problems,
                Texts.AS_WRITTEN);
    }

    private static List<String> places(Value value) {
        return value.entries().stream().map(entry -> entry.key() + " " + entry.place().line() + ":" + entry.place().column()).toList();
    }

    @Test
    void everyValueKnowsWhereItIsWritten() {
        assertThat(places(root("""
                a: 1
                "b c":   two
                d: [x]
                e:
                  - y
                f: |
                  long
                é: { g: h }
                """))).containsExactly("a 1:4", "b c 2:10", "d 3:4", "e 5:3", "f 6:4", "é 8:4");
        assertThat(problems.errors()).isEmpty();
    }

    @Test
    void whatIsMergedKeepsItsPlaceAndWhatIsNearestWins() {
        Value root = root("""
                a: &a { x: 1, y: 1 }
                b: &b { y: 2, z: 2 }
                c: { <<: [*a, *b], x: 3 }
                d: *a
                """);

        assertThat(places(root.entries().get(2))).containsExactly("c.x 3:23", "c.y 1:18", "c.z 2:18");
        assertThat(places(root.entries().get(3))).containsExactly("d.x 1:12", "d.y 1:18");
    }

    @Test
    void onlyPlainTextIsNothing() {
        List<Value> values = root("[Null, ~, null, '', 'null', \"~\", !!str null, no]").items();

        assertThat(values.stream().map(Value::isNull)).containsExactly(true, true, true, false, false, false, false, false);
    }

    @Test
    void anAnchorMayBeGivenAnewAndTheLastOneCounts() {
        assertThat(root("[&a 1, *a, &a 2, *a]").items().stream().map(value -> value.written().orElseThrow()))
                .containsExactly("1", "1", "2", "2");
    }

    @Test
    void allDuplicateKeysAreReported() {
        root("a: 1\nb: { c: 1, c: 2 }\na: 2\n");

        assertThat(problems.errors()).extracting(problem -> problem.in("f")).containsExactly(
                "f:2:12: b.c: given twice: first on line 2", "f:3:1: a: given twice: first on line 1");
    }
}
