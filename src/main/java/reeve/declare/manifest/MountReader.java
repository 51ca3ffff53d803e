package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Workload.Mount;

/// Reads what is put into a container's file system: `volumes` and `configs`.
final class MountReader {
    /// What Compose allows after the second colon and is so on Linux anyway.
    private static final Set<String> NO_EFFECT = Set.of("rw", "cached", "delegated", "consistent");

    private final Scope scope;
    private final Set<String> targets = new HashSet<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final Map<String, String> temporary = new LinkedHashMap<>();

    MountReader(Scope scope) {
        this.scope = scope;
    }

    /// @param temporary folders in memory: path → options
    record Mounts(List<Mount> mounts, Map<String, String> temporary) {}

    /// Of the one service that this reader is for.
    Mounts read(Optional<Value> volumes, Optional<Value> configs) {
        for (Value item : volumes.map(Value::items).orElse(List.of())) {
            if (item.isMapping()) {
                mapping(item);
            } else {
                item.text().ifPresent(text -> shortForm(item, text));
            }
        }
        configs.map(Value::items).orElse(List.of()).forEach(this::config);
        return new Mounts(mounts, temporary);
    }

    private void config(Value item) {
        Fields fields = item.isMapping() ? item.fields(PartKeys.CONFIG_USE.keys()) : Fields.NONE;
        if (item.isMapping() && fields.lacks("source")) {
            item.wrong("needs 'source': one of the app's configs");
        }
        Optional<String> key = item.isMapping() ? fields.get("source").flatMap(Value::text) : item.text();
        Optional<String> target = fields.has("target") ? fields.get("target").flatMap(Value::text) : key.map(name -> "/" + name);
        key.flatMap(name -> scope.declared().config(item, name)).ifPresent(file -> target.flatMap(path -> target(item, path))
                .ifPresent(path -> mounts.add(new Mount.Bind(file, path, true, false))));
    }

    private void shortForm(Value item, String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 3 || text.isEmpty()) {
            item.wrong("cannot read '" + Value.cut(text) + "': allowed is [SOURCE:]TARGET[:ro]");
            return;
        }
        boolean readOnly = parts.length == 3 && readOnly(item, parts[2]);
        target(item, parts[parts.length == 1 ? 0 : 1]).ifPresent(target -> {
            if (parts.length == 1) {
                mounts.add(new Mount.Anonymous(target));
            } else if (parts[0].matches("[./~].*")) {
                bind(item, parts[0], target, readOnly, true);
            } else {
                volume(item, parts[0], target, readOnly);
            }
        });
    }

    private static boolean readOnly(Value item, String mode) {
        boolean readOnly = false;
        for (String word : mode.split(",", -1)) {
            if (word.equals("ro")) {
                readOnly = true;
            } else if (!NO_EFFECT.contains(word)) {
                item.wrong("cannot use '" + Value.cut(word) + "' as a volume's mode: allowed are ro, rw");
            }
        }
        return readOnly;
    }

    private void mapping(Value item) {
        Fields fields = item.fields(PartKeys.MOUNT.keys());
        if (fields.lacks("type")) {
            item.wrong("needs 'type': volume, bind or tmpfs");
        }
        if (fields.lacks("target")) {
            item.wrong("needs 'target': an absolute path inside the container");
        }
        boolean readOnly = fields.get("read_only").flatMap(Value::truth).orElse(false);
        Optional<Value> source = fields.get("source");
        fields.get("volume").ifPresent(volume -> volume.fields(PartKeys.VOLUME.keys()));
        boolean create = fields.get("bind").map(bind -> bind.fields(PartKeys.BIND.keys())).flatMap(bind -> bind.get("create_host_path"))
                .flatMap(Value::truth).orElse(true);
        Optional<String> type = fields.get("type").flatMap(value -> value.word(List.of("volume", "bind", "tmpfs"), word -> word));
        Optional<String> target = fields.get("target").flatMap(Value::text).flatMap(text -> target(item, text));
        if (type.isEmpty() || target.isEmpty()) {
            return;
        }
        switch (type.get()) {
            case "bind" -> source.ifPresentOrElse(
                    from -> from.text().ifPresent(text -> bind(from, text, target.get(), readOnly, create)),
                    () -> item.wrong("needs 'source': a path of this machine"));
            case "tmpfs" -> temporary.put(target.get(), options(fields.get("tmpfs"), readOnly));
            default -> source.ifPresentOrElse(
                    from -> from.text().ifPresent(text -> volume(from, text, target.get(), readOnly)),
                    () -> mounts.add(new Mount.Anonymous(target.get())));
        }
    }

    private static String options(Optional<Value> value, boolean readOnly) {
        var options = new ArrayList<String>();
        if (readOnly) {
            options.add("ro");
        }
        Optional<Fields> fields = value.map(given -> given.fields(PartKeys.TMPFS.keys()));
        fields.flatMap(given -> given.get("size")).flatMap(size -> size.size(1)).ifPresent(size -> options.add("size=" + size));
        fields.flatMap(given -> given.get("mode")).flatMap(mode -> mode.text(MountReader::mode))
                .ifPresent(mode -> options.add("mode=" + mode));
        return String.join(",", options);
    }

    private static String mode(String text) {
        if (!text.matches("(0o?)?[0-7]{3,4}")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed are octal digits such as 1777");
        }
        return text.replace("o", "");
    }

    /// Absolute, and not the target of another one.
    private Optional<String> target(Value item, String text) {
        try {
            String target = Scope.inside(text);
            if (targets.add(target)) {
                return Optional.of(target);
            }
            item.wrong("given twice: '" + Value.cut(target) + "'");
        } catch (IllegalArgumentException wrong) {
            item.wrong(String.valueOf(wrong.getMessage()));
        }
        return Optional.empty();
    }

    private void bind(Value where, String source, String target, boolean readOnly, boolean create) {
        try {
            mounts.add(new Mount.Bind(scope.path(source), target, readOnly, create));
        } catch (IllegalArgumentException wrong) {
            where.wrong(String.valueOf(wrong.getMessage()));
        }
    }

    private void volume(Value where, String key, String target, boolean readOnly) {
        if (key.indexOf('/') >= 0) {
            where.wrong("cannot use '" + Value.cut(key) + "' as a volume: a path of this machine starts with '/', './' or '~/'");
            return;
        }
        scope.declared().volume(where, key).ifPresent(_ -> mounts.add(new Mount.OfVolume(key, target, readOnly)));
    }
}
