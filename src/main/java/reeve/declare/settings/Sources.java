package reeve.declare.settings;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Keys;
import reeve.declare.yaml.Problems;
import reeve.declare.yaml.Value;

/// Where the value of a setting may come from, and which source wins.
final class Sources {
    private final Machine machine;
    private final Map<String, String> flags;
    private final Map<String, Value> inFile = new HashMap<>();
    private final Path folder;
    private final Problems flagProblems;

    /// Reports flags and keys that no setting has.
    /// @param root   the file's content
    /// @param folder the file's folder
    Sources(Machine machine, Map<String, String> flags, Optional<Value> root, Path folder, Problems flagProblems) {
        this.machine = machine;
        this.flags = Map.copyOf(flags);
        this.folder = folder;
        this.flagProblems = flagProblems;
        root.ifPresent(value -> {
            Fields top = value.fields(keys(""));
            for (Setting<?> setting : Definitions.ALL) {
                if (setting.key().indexOf('.') < 0) {
                    top.get(setting.key()).ifPresent(given -> inFile.put(setting.key(), given));
                }
            }
            sections().forEach(section -> top.get(section).ifPresent(given -> section(section, given.fields(keys(section + ".")))));
        });
        flags.keySet().stream()
                .filter(flag -> Definitions.flagged(flag).isEmpty())
                .forEach(flag -> Value.alone(flag, "", flagProblems).wrong("unknown flag"));
    }

    private void section(String section, Fields fields) {
        for (String key : keys(section + ".").allowed()) {
            fields.get(key).ifPresent(given -> inFile.put(section + "." + key, given));
        }
    }

    private static List<String> sections() {
        return Definitions.ALL.stream().map(Setting::key).filter(key -> key.indexOf('.') > 0)
                .map(key -> key.substring(0, key.indexOf('.'))).distinct().toList();
    }

    /// The keys right below a section, or at the top.
    private static Keys keys(String prefix) {
        return new Keys(Definitions.ALL.stream().map(Setting::key).filter(key -> key.startsWith(prefix))
                .map(key -> key.substring(prefix.length()).replaceFirst("\\..*", "")).distinct().toList(), Map.of());
    }

    /// @param state the state folder that was chosen, for defaults inside it
    <T> T choose(Setting<T> setting, Path state) {
        Optional<Value> flag = setting.flag().filter(flags::containsKey).map(name -> Value.alone(name, flags.get(name), flagProblems));
        Optional<Value> variable = setting.variable()
                .flatMap(name -> machine.variable(name).map(text -> Value.alone(name, text, flagProblems)));
        Optional<Value> outside = flag.or(() -> variable);
        Optional<T> file = Optional.ofNullable(inFile.get(setting.key())).flatMap(value -> setting.reading().read(value, folder));
        return outside.flatMap(value -> setting.reading().read(value, machine.workingDirectory()))
                .or(() -> file)
                .orElseGet(() -> setting.standard().on(machine, state));
    }
}
