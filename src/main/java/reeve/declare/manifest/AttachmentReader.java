package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Workload.Attachment;

/// Reads to which networks a container is attached.
final class AttachmentReader {
    private final Declared declared;

    AttachmentReader(Declared declared) {
        this.declared = declared;
    }

    /// @param networks      list or mapping
    /// @param mode          `network_mode`
    /// @param containerName a further alias on each network
    List<Attachment> read(Optional<Value> networks, Optional<Value> mode, Optional<String> containerName) {
        if (mode.isPresent()) {
            networks.ifPresent(value -> value.wrongKey("cannot have both 'networks' and 'network_mode'"));
            return mode.get().word(List.of("host", "none"), word -> word).map(word -> List.of(new Attachment(word, List.of())))
                    .orElse(List.of());
        }
        List<Attachment> read = networks.map(this::named).orElse(List.of(new Attachment(SharedReader.DEFAULT_NETWORK, List.of())));
        return read.stream().map(attachment -> with(attachment, containerName)).toList();
    }

    private static Attachment with(Attachment attachment, Optional<String> alias) {
        var aliases = new ArrayList<>(attachment.aliases());
        alias.filter(name -> !aliases.contains(name)).ifPresent(aliases::add);
        return new Attachment(attachment.network(), aliases);
    }

    private record Ranked(Attachment attachment, int priority) {}

    private List<Attachment> named(Value value) {
        var found = new ArrayList<Ranked>();
        var keys = new HashSet<String>();
        for (Value item : value.isList() ? value.items() : value.entries()) {
            boolean named = value.isMapping();
            Fields fields = named && !item.isNull() ? item.fields(PartKeys.ATTACHMENT.keys()) : Fields.NONE;
            List<String> aliases = fields.get("aliases").map(Value::items).orElse(List.of()).stream()
                    .flatMap(alias -> alias.text(ContainerReader::hostName).stream()).distinct().toList();
            int priority = fields.get("priority").flatMap(number -> number.number(0, 1_000_000)).orElse(0);
            Optional<String> key = named ? Optional.of(item.name()) : item.text();
            key.flatMap(name -> declared.network(item, name)).ifPresent(network -> {
                if (keys.add(network.key())) {
                    found.add(new Ranked(new Attachment(network.key(), aliases), priority));
                } else {
                    item.wrong("given twice: '" + network.key() + "'");
                }
            });
        }
        return found.stream().sorted(Comparator.comparingInt(Ranked::priority).reversed()).map(Ranked::attachment).toList();
    }
}
