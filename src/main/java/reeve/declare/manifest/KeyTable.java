package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import reeve.declare.yaml.Keys;

/// The keys that one mapping of a manifest may have, and those known elsewhere that it may not, with why. `id` is what it is called in
/// the documentation.
final class KeyTable {
    /// For what Compose has and Reeve may have one day.
    private static final String LATER = "not supported yet";

    private final String id;
    private final SequencedMap<String, Key> honoured;
    private final SequencedMap<String, String> refused;

    private KeyTable(String id, SequencedMap<String, Key> honoured, SequencedMap<String, String> refused) {
        this.id = id;
        this.honoured = honoured;
        this.refused = refused;
    }

    static KeyTable of(String id) {
        return new KeyTable(id, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    KeyTable key(String name, String standard, String about) {
        return with(new Key(name, Key.Fit.BOTH, standard, about, ""));
    }

    /// @param instead what a process should have instead; empty for nothing
    KeyTable container(String name, String standard, String about, String instead) {
        return with(new Key(name, Key.Fit.CONTAINER, standard, about, instead));
    }

    /// @param instead what a container should have instead; empty for nothing
    KeyTable process(String name, String standard, String about, String instead) {
        return with(new Key(name, Key.Fit.PROCESS, standard, about, instead));
    }

    KeyTable refused(String name, String why) {
        var more = new LinkedHashMap<>(refused);
        more.put(name, why);
        return new KeyTable(id, honoured, more);
    }

    /// @param names with spaces between them
    KeyTable later(String names) {
        KeyTable table = this;
        for (String name : names.strip().split("\\s+")) {
            table = table.refused(name, LATER);
        }
        return table;
    }

    /// All keys of both.
    KeyTable and(KeyTable other) {
        KeyTable table = this;
        for (Key key : other.honoured.values()) {
            table = table.with(key);
        }
        for (Map.Entry<String, String> entry : other.refused.entrySet()) {
            table = table.refused(entry.getKey(), entry.getValue());
        }
        return table;
    }

    private KeyTable with(Key key) {
        var more = new LinkedHashMap<>(honoured);
        more.put(key.name(), key);
        return new KeyTable(id, more, refused);
    }

    String id() {
        return id;
    }

    List<Key> honoured() {
        return List.copyOf(honoured.values());
    }

    Optional<Key> find(String name) {
        return Optional.ofNullable(honoured.get(name));
    }

    Keys keys() {
        return new Keys(List.copyOf(honoured.keySet()), refused);
    }

    /// As a table in Markdown, what is refused below it.
    String page() {
        boolean kinds = honoured.values().stream().anyMatch(key -> key.fit() != Key.Fit.BOTH);
        boolean standards = honoured.values().stream().anyMatch(key -> !key.standard().isEmpty());
        var lines = new ArrayList<String>();
        lines.add("| key |" + (kinds ? " for |" : "") + (standards ? " default |" : "") + " what it is |");
        lines.add("|---|" + (kinds ? "---|" : "") + (standards ? "---|" : "") + "---|");
        honoured.values().forEach(key -> lines.add("| `" + key.name() + "` |" + (kinds ? " " + key.fit().word() + " |" : "")
                + (standards ? " " + key.standard() + " |" : "") + " " + key.about() + " |"));
        refusals().ifPresent(refusals -> {
            lines.add("");
            lines.add(refusals);
        });
        return String.join("\n", lines) + "\n";
    }

    private Optional<String> refusals() {
        var reasons = new ArrayList<String>();
        refused.forEach((name, why) -> {
            if (!why.equals(LATER)) {
                reasons.add("`" + name + "` (" + why + ")");
            }
        });
        String later = refused.entrySet().stream().filter(entry -> entry.getValue().equals(LATER)).map(entry -> "`" + entry.getKey() + "`")
                .collect(Collectors.joining(", "));
        if (!later.isEmpty()) {
            reasons.add(later + " (" + LATER + ")");
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of("Refused by name: " + String.join("; ", reasons) + ".");
    }
}
