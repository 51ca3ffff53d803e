package reeve.declare.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import reeve.base.DurationText;
import reeve.declare.yaml.Value;

/// Everything there is to know about one setting.
/// @param key      its place in the file, `http` or `proxy.connect_timeout`
/// @param form     what a value looks like, such as `ADDRESS:PORT`
/// @param standard the value where nobody chose one
/// @param standardWords the same for people
/// @param flag     the option of `reeve up` that wins over the file, `--http`
/// @param variable the environment variable that wins over the file, `REEVE_SOCKET`
/// @param example  a value as it stands in a file, where the default is not one
/// @param about    a sentence or two
public record Setting<T>(String key, String form, Reading<T> reading, Standard<T> standard, String standardWords,
        Optional<String> flag, Optional<String> variable, Optional<String> example, String about) {

    /// Reads a value and reports at it what does not fit.
    @FunctionalInterface
    public interface Reading<T> {
        /// @param folder relative paths are resolved against it
        /// @return empty after an error
        Optional<T> read(Value value, Path folder);
    }

    /// Makes the default.
    @FunctionalInterface
    public interface Standard<T> {
        /// @param state the state folder that was chosen
        T on(Machine machine, Path state);
    }

    /// A setting of the file only.
    static <T> Setting<T> of(String key, String form, Reading<T> reading, Standard<T> standard, String standardWords, String about) {
        return new Setting<>(key, form, reading, standard, standardWords, Optional.empty(), Optional.empty(), Optional.empty(), about);
    }

    Setting<T> withFlag(String option) {
        return new Setting<>(key, form, reading, standard, standardWords, Optional.of(option), variable, example, about);
    }

    Setting<T> withVariable(String name) {
        return new Setting<>(key, form, reading, standard, standardWords, flag, Optional.of(name), example, about);
    }

    Setting<T> withExample(String value) {
        return new Setting<>(key, form, reading, standard, standardWords, flag, variable, Optional.of(value), about);
    }

    boolean isInSection() {
        return key.indexOf('.') > 0;
    }

    /// The part of the key before the dot.
    String section() {
        return key.substring(0, key.indexOf('.'));
    }

    /// A value as it may stand in the file: the example, else the default on this machine.
    String sample(Machine machine) {
        return example.orElseGet(() -> switch (standard.on(machine, machine.state())) {
            case Duration length -> DurationText.text(length);
            case AccessLog.ToFile(Path path, _, _) -> quoted(path.toString());
            case Object value -> quoted(value.toString());
        });
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9/][A-Za-z0-9/._-]*") ? value : "'" + value.replace("'", "''") + "'";
    }
}
