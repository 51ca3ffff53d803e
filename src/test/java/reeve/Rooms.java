package reeve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The table of rooms: which package may use which, and which libraries. ARCHITECTURE.md shows it to people, [ArchitectureTest]
/// holds the code to it. It names the rooms of all planned features, so that a room that appears finds its arrows drawn.
/// @param root package above all rooms
/// @param generated sub-packages that a code generator fills; each counts as the room above it
record Rooms(String root, List<Room> rooms, List<String> generated) {

    /// @param uses      names of other rooms; a room above all that it uses
    /// @param libraries package prefixes besides those that every room may use
    record Room(String name, List<String> uses, List<String> libraries) {}

    /// The JDK but for what one room owns, nullness annotations, the logger facade.
    private static final List<String> LIBRARIES_OF_ALL = List.of("java", "javax", "jdk", "org.jspecify", "org.slf4j");

    /// Parts of the JDK that only the rooms that name them may use.
    private static final List<String> OWNED_PARTS_OF_THE_JDK = List.of("java.sql", "javax.sql", "java.lang.foreign");

    static final Rooms REEVE = new Rooms("reeve", List.of(
            room("model").build(),
            room("model.wire").uses("model").libraries("io.avaje").build(),

            room("base").build(),
            room("base.os").uses("base").libraries("java.lang.foreign").build(),
            room("base.http").uses("base").build(),
            room("base.command").uses("base.os", "model", "base").build(),
            room("base.secret").uses("model", "base").build(),
            room("base.journal").uses("model", "model.wire", "base").build(),
            room("base.regex").libraries("com.google.re2j").build(),
            room("base.metrics").uses("base").libraries("io.prometheus").build(),

            room("declare.yaml").uses("model", "base").libraries("org.snakeyaml").build(),
            room("declare.settings").uses("declare.yaml", "model", "base").libraries("org.tomlj").build(),
            room("declare.manifest").uses("declare.yaml", "base.regex", "model", "base").build(),
            room("declare.catalogue").uses("declare.manifest", "model", "base").build(),

            room("store").uses("model", "base").build(),
            room("store.embedded").uses("store", "model", "base").libraries("java.sql", "javax.sql", "org.sqlite").build(),
            room("store.etcd").uses("store", "model", "base").libraries("io.grpc", "com.google.protobuf").build(),

            room("sleep").uses("model", "base").build(),

            room("serve.access").uses("base.secret", "base.regex", "model", "base")
                    .libraries("at.favre.lib.crypto", "org.apache.commons.codec").build(),
            room("serve.edge").uses("model", "base").build(),
            room("serve.route").uses("serve.access", "serve.edge", "base.regex", "model", "base").build(),
            room("serve.certificate").uses("model", "base").build(),
            room("serve.acme").uses("serve.certificate", "store", "model.wire", "base.journal", "model", "base")
                    .libraries("org.shredzone").build(),
            room("serve.proxy").uses("base.http", "serve.access", "serve.compress", "serve.edge", "serve.route", "serve.certificate",
                    "sleep", "model", "base").libraries("io.netty").build(),
            room("serve.compress").uses("model", "base").libraries("com.aayushatharva.brotli4j", "com.github.luben.zstd").build(),
            room("serve.trace").uses("serve.edge", "base.http", "base").build(),
            room("serve.feed").uses("serve.route", "sleep", "base.http", "model.wire", "model", "base").build(),

            room("fleet.discovery").uses("store", "model.wire", "model", "base").build(),

            room("run.probe").uses("base.http", "base.command", "model", "base").build(),
            room("run.supervise").uses("model", "base").build(),
            room("run.process").uses("run.supervise", "base.os", "base.command", "base.secret", "model", "base").build(),
            room("run.container").uses("run.supervise", "base.os", "base.command", "base.secret", "base.http", "model.wire", "model",
                    "base").build(),
            room("run.companion").uses("run.supervise", "base.command", "base.journal", "model", "base").build(),
            room("run.reconcile").uses("run.supervise", "run.companion", "run.probe", "serve.route", "sleep", "fleet.discovery", "store",
                    "base.journal", "model.wire", "model", "base").build(),

            room("run.install").uses("run.reconcile", "declare.catalogue", "store", "base.journal", "model.wire", "model", "base").build(),
            room("run.boot").uses("model", "base").build(),

            room("reboot").uses("store", "fleet.discovery", "base.journal", "base.http", "base.command", "model.wire", "model", "base")
                    .build(),
            room("reboot.agent").uses("reboot", "store", "fleet.discovery", "base.journal", "base.http", "base.command",
                    "model.wire", "model", "base").build(),

            room("interop.toolforge").uses("serve.route", "sleep", "fleet.discovery", "store", "base.http", "base.journal",
                    "model.wire", "model", "base").libraries("redis.clients").build(),
            room("interop.cubesandbox").uses("serve.route", "sleep", "fleet.discovery", "store", "base.http", "base.journal",
                    "model.wire", "model", "base").libraries("redis.clients").build(),
            room("interop.kubernetes").uses("serve.route", "sleep", "fleet.discovery", "store", "base.http", "base.journal",
                    "model.wire", "model", "base").libraries("io.fabric8").build(),

            room("front.api").uses("declare.settings", "declare.manifest", "run.reconcile", "run.install", "serve.route", "serve.feed",
                    "sleep", "fleet.discovery", "reboot", "base.os", "base.http", "base.command", "base.secret", "base.journal",
                    "base.metrics", "base", "model.wire", "model").build(),
            room("front.webhook").uses("base.secret", "base.journal", "base", "model.wire", "model").build(),
            room("front.client").uses("base.http", "model.wire", "model", "base").build(),
            room("front.cli").uses("front.client", "model.wire", "model", "base").libraries("picocli").build(),
            room("front.dashboard").uses("front.client", "model.wire", "model", "base").libraries("gg.jte").build()),
            List.of("model.wire.jsonb", "front.dashboard.template"));

    Rooms {
        rooms = List.copyOf(rooms);
        generated = List.copyOf(generated);
    }

    /// The same table over another root: the violations that prove that each rule can fail.
    Rooms under(String otherRoot) {
        return new Rooms(otherRoot, rooms, generated);
    }

    /// The name of the room that a package is, or that it was generated for; empty for a package that has no room.
    Optional<String> roomOf(String packageName) {
        if (!packageName.startsWith(root + ".")) {
            return Optional.empty();
        }
        String name = packageName.substring(root.length() + 1);
        if (generated.contains(name)) {
            return Optional.of(name.substring(0, name.lastIndexOf('.')));
        }
        return rooms.stream().map(Room::name).filter(name::equals).findFirst();
    }

    boolean isOurs(String packageName) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }

    boolean isGenerated(String packageName) {
        return generated.stream().anyMatch(name -> packageName.equals(root + "." + name));
    }

    Room named(String name) {
        return rooms.stream().filter(room -> room.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no room " + name));
    }

    /// Whether a room may use a package that is not ours.
    boolean mayUseLibrary(Room room, String packageName) {
        if (OWNED_PARTS_OF_THE_JDK.stream().anyMatch(part -> within(packageName, part))) {
            return room.libraries().stream().anyMatch(library -> within(packageName, library));
        }
        return Stream.concat(LIBRARIES_OF_ALL.stream(), room.libraries().stream()).anyMatch(library -> within(packageName, library));
    }

    private static boolean within(String packageName, String prefix) {
        return packageName.equals(prefix) || packageName.startsWith(prefix + ".");
    }

    /// A way from a room back to itself, or an empty list.
    List<String> cycle() {
        Map<String, Boolean> done = new HashMap<>();
        for (Room room : rooms) {
            var path = new ArrayList<String>();
            if (leadsBack(room.name(), path, done)) {
                return path;
            }
        }
        return List.of();
    }

    private boolean leadsBack(String name, List<String> path, Map<String, Boolean> done) {
        path.add(name);
        if (done.containsKey(name)) {
            if (!done.get(name)) {
                return true;
            }
        } else {
            done.put(name, false);
            for (String used : named(name).uses()) {
                if (leadsBack(used, path, done)) {
                    return true;
                }
            }
            done.put(name, true);
        }
        path.removeLast();
        return false;
    }

    /// The third column of ARCHITECTURE.md for a room.
    static String arrows(Room room) {
        var uses = new TreeSet<>(Comparator.<String>naturalOrder());
        uses.addAll(room.uses());
        return Stream.concat(uses.stream().map(name -> "`" + name + "`"), room.libraries().stream().map(name -> "*" + name + "*"))
                .collect(Collectors.joining(" "));
    }

    private static Drawing room(String name) {
        return new Drawing(name, List.of(), List.of());
    }

    private record Drawing(String name, List<String> uses, List<String> libraries) {
        Drawing uses(String... others) {
            return new Drawing(name, List.of(others), libraries);
        }

        Drawing libraries(String... prefixes) {
            return new Drawing(name, uses, List.of(prefixes));
        }

        Room build() {
            return new Room(name, uses, libraries);
        }
    }
}
