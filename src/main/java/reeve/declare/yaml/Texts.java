package reeve.declare.yaml;

import java.util.Optional;

/// What happens to a scalar's text before it is understood, such as replacing variables.
@FunctionalInterface
public interface Texts {
    Texts AS_WRITTEN = (_, text) -> Optional.of(text);

    /// @param value takes the error when there is one
    /// @return empty after an error
    Optional<String> finished(Value value, String text);
}
