package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BuildContextTest {
    private static List<String> kept(List<String> rules, String... paths) {
        var ignored = BuildContext.Ignored.parse(rules);
        return Stream.of(paths).filter(path -> !ignored.test(path)).toList();
    }

    @Test
    void rulesOfDockerignore() {
        assertThat(kept(List.of("# words", "", "/target/", "*.log"), "target", "target/a/b", "sub/target", "a.log", "sub/a.log"))
                .containsExactly("sub/target", "sub/a.log");
        assertThat(kept(List.of("**/*.log", "docs/**"), "a.log", "sub/deep/a.log", "docs/a", "docs/a/b", "x")).containsExactly("x");
        assertThat(kept(List.of("*", "!src", "src/?.tmp"), "a", "src", "src/main", "src/a.tmp", "src/ab.tmp"))
                .containsExactly("src", "src/main", "src/ab.tmp");
        assertThat(kept(List.of("a+b(c)"), "a+b(c)", "aab")).containsExactly("aab");
    }
}
