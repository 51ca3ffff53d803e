package reeve.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

class NeedsConditionTest {
    private static final String PATH = System.getenv("PATH");

    @NeedsRoot
    private static final class OnlyRoot {}

    @NeedsProgram("sh")
    private static final class OnlyShell {}

    @NeedsProgram({"sh", "no-such-program"})
    private static final class Impossible {}

    @Test
    void withoutRootATestThatNeedsItIsSkippedWithTheReason() {
        var result = new NeedsCondition(Map.of("PATH", PATH), false).evaluateExecutionCondition(context(OnlyRoot.class));

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).contains("needs root");
    }

    @Test
    void aMissingProgramIsNamed() {
        var result = new NeedsCondition(Map.of("PATH", PATH), true).evaluateExecutionCondition(context(Impossible.class));

        assertThat(result.getReason()).contains("needs no-such-program");
    }

    @Test
    void underCiWhatWouldBeSkippedFailsInOneLine() {
        var condition = new NeedsCondition(Map.of("PATH", PATH, "CI", "true"), false);

        assertThatThrownBy(() -> condition.evaluateExecutionCondition(context(OnlyRoot.class)))
                .hasMessage("OnlyRoot needs root, and CI=true forbids skipping it");
    }

    @Test
    void whatTheMachineHasRuns() {
        var condition = new NeedsCondition(Map.of("PATH", PATH, "CI", "true"), true);

        assertThat(condition.evaluateExecutionCondition(context(OnlyRoot.class)).isDisabled()).isFalse();
        assertThat(condition.evaluateExecutionCondition(context(OnlyShell.class)).isDisabled()).isFalse();
    }

    /// A context of which the condition sees nothing but the annotated class.
    private static ExtensionContext context(Class<?> annotated) {
        return (ExtensionContext) Proxy.newProxyInstance(
                NeedsConditionTest.class.getClassLoader(), new Class<?>[] {ExtensionContext.class}, (proxy, method, arguments) ->
                        method.getName().equals("getElement") ? Optional.of(annotated) : annotated.getSimpleName());
    }
}
