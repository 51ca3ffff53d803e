package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Volume;
import reeve.model.Workload.Mount;

/// Reads `volumes` and `hooks` of a manifest of the AppManifest form. A file that its `post_install` copies from the host is
/// mounted instead: so it is there in every container that is made anew, and not only in the first.
final class AppManifestMounts {
    private final Scope scope;
    private final List<Mount> mounts = new ArrayList<>();
    private final Map<String, String> temporary = new LinkedHashMap<>();
    private final Map<String, Volume> volumes = new LinkedHashMap<>();

    AppManifestMounts(Scope scope) {
        this.scope = scope;
    }

    record Read(List<Mount> mounts, Map<String, String> temporary, List<Volume> volumes) {}

    Read read(Optional<Value> given, Optional<Value> hooks) {
        given.map(Value::items).orElse(List.of()).forEach(this::volume);
        hooks.map(value -> value.fields(AppManifestKeys.HOOKS.keys())).flatMap(fields -> fields.get("post_install")).map(Value::items)
                .orElse(List.of()).forEach(this::copy);
        return new Read(mounts, temporary, List.copyOf(volumes.values()));
    }

    private void volume(Value item) {
        Fields fields = item.fields(AppManifestKeys.VOLUME.keys());
        Optional<String> type = fields.get("type").flatMap(word -> word.word(List.of("bind", "volume", "tmpfs"), text -> text));
        Optional<String> target = fields.get("target").flatMap(value -> value.text(Scope::inside));
        List<Value> options = fields.get("options").map(Value::items).orElse(List.of());
        if (item.isMapping()) {
            List.of("type", "target").stream().filter(fields::lacks).forEach(key -> item.wrong("needs '" + key + "'"));
        }
        if (type.isEmpty() || target.isEmpty()) {
            return;
        }
        if (type.get().equals("tmpfs")) {
            temporary.put(target.get(), String.join(",", options.stream().flatMap(option -> option.text().stream()).toList()));
            return;
        }
        boolean readOnly = options.stream()
                .filter(option -> option.word(List.of("ro", "rw"), text -> text).filter(word -> word.equals("ro")).isPresent()).count() > 0;
        if (fields.lacks("source")) {
            item.wrong("needs 'source'");
        }
        fields.get("source").ifPresent(source -> source(source, type.get().equals("bind"), target.get(), readOnly));
    }

    private void source(Value source, boolean bind, String target, boolean readOnly) {
        if (bind) {
            scope.path(source).ifPresent(path -> mounts.add(new Mount.Bind(path, target, readOnly, true)));
            return;
        }
        source.text(SharedReader::name).ifPresent(key -> {
            volumes.putIfAbsent(key, new Volume(key, scope.app() + "_" + key, false, Map.of(), Map.of()));
            mounts.add(new Mount.OfVolume(key, target, readOnly));
        });
    }

    private void copy(Value item) {
        Fields fields = item.fields(AppManifestKeys.HOOK.keys());
        fields.get("copy_from_host").ifPresent(value -> {
            Fields copy = value.fields(AppManifestKeys.COPY.keys());
            if (value.isMapping()) {
                List.of("src", "dest").stream().filter(copy::lacks).forEach(key -> value.wrong("needs '" + key + "'"));
            }
            copy.get("src").flatMap(scope::path).ifPresent(from -> copy.get("dest").flatMap(to -> to.text(Scope::inside))
                    .ifPresent(to -> mounts.add(new Mount.Bind(from, to, true, false))));
        });
    }
}
