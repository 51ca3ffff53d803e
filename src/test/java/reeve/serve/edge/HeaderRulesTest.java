package reeve.serve.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.HeaderChanges;
import reeve.model.HeaderText;
import reeve.model.HeaderText.Fact;

class HeaderRulesTest {
    private static HeaderChanges.Line line(String name, String value) {
        return new HeaderChanges.Line(name, new HeaderText(value));
    }

    private static String rewritten(HeaderChanges changes, Facts known, String head) {
        var out = new StringBuilder();
        byte[] bytes = head.getBytes(ISO_8859_1);
        Objects.requireNonNull(HeaderRules.of(changes)).rewrite(bytes, bytes.length, known, new Sink() {
            @Override
            public Sink put(byte[] from, int start, int to) {
                out.append(new String(from, start, to - start, ISO_8859_1));
                return this;
            }
        });
        return out.toString();
    }

    @Test
    void linesAreRemovedThenSetThenAdded() {
        var changes = new HeaderChanges(List.of(line("X-Set", "new")), List.of(line("X-Add", "2"), line("X-Add", "3")),
                List.of("X-Gone"));
        assertThat(rewritten(changes, new Facts(), "GET / HTTP/1.1\r\nHost: a\r\nx-gone: 1\r\nX-Set: old\r\nX-SET: older\r\nX-Add: 1\r\n"
                + "X-Gone: 2\r\nX-Goner: 3\r\n\r\nbody\r\nx-gone: 4\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Add: 1\r\nX-Goner: 3\r\nX-Set: new\r\nX-Add: 2\r\nX-Add: 3\r\n\r\n"
                        + "body\r\nx-gone: 4\r\n");
    }

    @Test
    void aHostTakesThePlaceOfTheOther() {
        var changes = new HeaderChanges(List.of(line("Host", "{host}:{port}"), line("X", "a{client}b{{}{\"c\":1}")), List.of(), List.of());
        var known = new Facts();
        known.set(Fact.HOST, "b.example".getBytes(ISO_8859_1));
        known.set(Fact.PORT, "81".getBytes(ISO_8859_1));
        known.set(Fact.CLIENT, "::1".getBytes(ISO_8859_1));
        assertThat(rewritten(changes, known, "GET / HTTP/1.1\r\nA: 1\r\nHost: a\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: b.example:81\r\nA: 1\r\nX: a::1b{{}{\"c\":1}\r\n\r\n");
    }

    @Test
    void aHostMadeOfNothingLeavesTheOneThereIs() {
        var changes = new HeaderChanges(List.of(line("Host", "{host}")), List.of(), List.of());
        assertThat(rewritten(changes, new Facts(), "GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\nHosted: 1\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\nHosted: 1\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "content-length", "Transfer-Encoding", "TE", "Upgrade", "Via",
        "Proxy", "a b", "a:b", "", "a\r\nb"})
    void whatFramesAMessageCannotBeChanged(String name) {
        assertThatThrownBy(() -> line(name, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeaderChanges(List.of(), List.of(), List.of(name))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "a\nb", "é", " a", "a ", "a\0", "{clients}"})
    void aValueIsOneLine(String value) {
        assertThatThrownBy(() -> new HeaderText(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{path}", "a b", "a/b", "user@a", "a..b", "", "{backend}:80", "a:123456", "{client}"})
    void aHostIsAHost(String value) {
        assertThatThrownBy(() -> line("Host", value)).isInstanceOf(IllegalArgumentException.class);
    }
}
