package reeve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Skips a test whose needs the machine does not meet, and fails it where a skip would hide that nothing was tested.
public final class NeedsCondition implements ExecutionCondition {
    private final Map<String, String> environment;
    private final boolean root;

    public NeedsCondition() {
        this(System.getenv(), isRoot());
    }

    NeedsCondition(Map<String, String> environment, boolean root) {
        this.environment = environment;
        this.root = root;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> unmet = unmet(context);
        if (unmet.isEmpty()) {
            return ConditionEvaluationResult.enabled("the machine has what it needs");
        }
        String reason = "needs " + String.join(" and ", unmet);
        if ("true".equals(environment.get("CI"))) {
            throw new IllegalStateException(context.getDisplayName() + " " + reason + ", and CI=true forbids skipping it");
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    private List<String> unmet(ExtensionContext context) {
        var unmet = new ArrayList<String>();
        if (AnnotationSupport.isAnnotated(context.getElement(), NeedsRoot.class) && !root) {
            unmet.add("root");
        }
        Optional<NeedsProgram> programs = AnnotationSupport.findAnnotation(context.getElement(), NeedsProgram.class);
        programs.map(NeedsProgram::value).map(Stream::of).orElse(Stream.empty())
                .filter(program -> !installed(program))
                .forEach(unmet::add);
        return unmet;
    }

    private boolean installed(String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":"), new String[] {"/usr/sbin", "/sbin"})
                .flatMap(Stream::of)
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
