package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Confinement;
import reeve.model.Confinement.Ulimit;

/// Reads what an instance may not do.
final class ConfinementReader {
    /// capabilities(7), as of Linux 6.
    private static final List<String> CAPABILITIES = List.of("""
            ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID
            IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
            PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO
            SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM""".split("\\s+"));
    /// getrlimit(2), by Compose's names.
    private static final List<String> ULIMITS = List.of("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
            "nproc", "rss", "rtprio", "rttime", "sigpending", "stack");
    private static final String NO_NEW_PRIVILEGES = "no-new-privileges";

    private final Scope scope;

    ConfinementReader(Scope scope) {
        this.scope = scope;
    }

    /// @param own       Reeve's keys
    /// @param temporary folders in memory that other keys asked for: path → options
    Confinement read(Fields fields, Map<String, Value> own, Map<String, String> temporary) {
        var folders = new LinkedHashMap<>(temporary);
        fields.get("tmpfs").map(Value::oneOrMore).orElse(List.of())
                .forEach(item -> item.text().ifPresent(text -> temporary(item, text, folders)));
        return new Confinement(
                fields.get("user").flatMap(value -> value.text(ConfinementReader::user)),
                fields.get("group_add").map(Value::items).orElse(List.of()).stream()
                        .flatMap(item -> item.text(ConfinementReader::group).stream()).toList(),
                fields.get("cap_add").map(ConfinementReader::capabilities).orElse(Set.of()),
                fields.get("cap_drop").map(ConfinementReader::capabilities).orElse(Set.of()),
                fields.get("security_opt").map(ConfinementReader::noNewPrivileges).orElse(false),
                fields.get("read_only").flatMap(Value::truth).orElse(false),
                paths(own, "read_only_paths"),
                paths(own, "writable_paths"),
                folders,
                fields.get("ulimits").map(ConfinementReader::ulimits).orElse(Map.of()),
                Optional.ofNullable(own.get("umask")).flatMap(value -> value.text(ConfinementReader::umask)));
    }

    private List<Path> paths(Map<String, Value> own, String key) {
        return Optional.ofNullable(own.get(key)).map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(item -> scope.path(item).stream()).toList();
    }

    private static void temporary(Value item, String text, Map<String, String> folders) {
        int colon = text.indexOf(':');
        String path = colon < 0 ? text : text.substring(0, colon);
        String options = colon < 0 ? "" : text.substring(colon + 1);
        if (!path.startsWith("/") || !options.matches("[a-zA-Z0-9_=,.%-]*")) {
            item.wrong("cannot read '" + Value.cut(text) + "': allowed is an absolute path, with options such as /run:size=64m");
        } else if (folders.putIfAbsent(path, options) != null) {
            item.wrong("given twice: '" + Value.cut(path) + "'");
        }
    }

    private static String user(String text) {
        if (!text.matches("[a-zA-Z0-9_][a-zA-Z0-9_.-]*\\$?(:[a-zA-Z0-9_][a-zA-Z0-9_.-]*)?")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "' as a user: allowed is a name or number, optionally :GROUP");
        }
        return text;
    }

    private static String group(String text) {
        if (!text.matches("[a-zA-Z0-9_][a-zA-Z0-9_.-]*")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a group: allowed is a name or number");
        }
        return text;
    }

    private static int umask(String text) {
        if (!text.matches("0?[0-7]{1,3}")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed are octal digits such as \"027\"");
        }
        return Integer.parseInt(text, 8);
    }

    static Set<String> capabilities(Value value) {
        var found = new LinkedHashSet<String>();
        for (Value item : value.items()) {
            item.text().ifPresent(text -> {
                String name = text.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "");
                if (CAPABILITIES.contains(name)) {
                    found.add(name);
                } else {
                    item.unlike(name, CAPABILITIES);
                }
            });
        }
        return found;
    }

    private static boolean noNewPrivileges(Value value) {
        boolean wanted = false;
        for (Value item : value.items()) {
            wanted |= item.text().filter(text -> {
                String option = text.replace('=', ':');
                boolean known = List.of(NO_NEW_PRIVILEGES, NO_NEW_PRIVILEGES + ":true", NO_NEW_PRIVILEGES + ":false").contains(option);
                if (!known) {
                    item.wrong("cannot use '" + Value.cut(text) + "': allowed is " + NO_NEW_PRIVILEGES
                            + ", optionally with :true or :false");
                }
                return known && !option.endsWith(":false");
            }).isPresent();
        }
        return wanted;
    }

    private static Map<String, Ulimit> ulimits(Value value) {
        var limits = new LinkedHashMap<String, Ulimit>();
        for (Value entry : value.entries()) {
            if (!ULIMITS.contains(entry.name())) {
                entry.wrongKey("there is no such limit: allowed are " + String.join(", ", ULIMITS));
            } else if (entry.isMapping()) {
                Fields fields = entry.fields(PartKeys.ULIMIT.keys());
                Optional<Long> soft = limit(fields, "soft");
                Optional<Long> hard = limit(fields, "hard");
                if (fields.lacks("soft") || fields.lacks("hard")) {
                    entry.wrong("needs both 'soft' and 'hard'");
                }
                soft.ifPresent(low -> hard.ifPresent(high -> limit(entry, low, high).ifPresent(limit -> limits.put(entry.name(), limit))));
            } else {
                entry.text(ConfinementReader::number).ifPresent(number -> limits.put(entry.name(), new Ulimit(number, number)));
            }
        }
        return limits;
    }

    private static Optional<Long> limit(Fields fields, String key) {
        return fields.get(key).flatMap(value -> value.text(ConfinementReader::number));
    }

    private static Optional<Ulimit> limit(Value where, long soft, long hard) {
        if (hard >= 0 && (soft < 0 || soft > hard)) {
            where.wrong("cannot use a soft limit above the hard one");
            return Optional.empty();
        }
        return Optional.of(new Ulimit(soft, hard));
    }

    private static long number(String text) {
        if (!text.matches("-1|[0-9]{1,15}")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is a number, or -1 for unlimited");
        }
        return Long.parseLong(text);
    }
}
