package reeve.run.reconcile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.ServiceSpec;
import reeve.model.Workload;

/// A short text that differs when an instance would have to be started differently, and says in which keys:
/// `command:1f3a… environment:09bc… …`. It is kept with the running instance, so it must not reveal what it digests.
final class Digest {
    private final AppSpec app;
    private final ServiceSpec spec;
    private final Map<String, String> keys = new LinkedHashMap<>();

    Digest(AppSpec app, ServiceSpec spec) {
        this.app = app;
        this.spec = spec;
    }

    /// What is not declared is not digested: a new key of the manifest changes nothing that runs without it.
    String of(List<String> entrypoint, List<String> command, Map<String, String> environment, Inputs.Used inputs) {
        keys.put("command", hash(command));
        keys.put("environment", hash(pairs(new TreeMap<>(environment))));
        keys.put("env_file", hash(inputs.envFiles()));
        switch (spec.workload()) {
            case Workload.Process process -> keys.put("working_dir", hash(List.of(process.workingDirectory().toString())));
            case Workload.Container container -> container(entrypoint, container);
        }
        putUnless(inputs.secrets().isEmpty(), "secrets", () -> inputs.secrets());
        putUnless(app.version().isEmpty(), "version", () -> List.of(app.version().orElse("")));
        putUnless(spec.confinement().equals(Confinement.NONE), "confinement", () -> confinement(spec.confinement()));
        putUnless(spec.resources().equals(Resources.UNLIMITED), "resources", () -> List.of(spec.resources().toString()));
        putUnless(spec.notification().equals(Notification.NONE), "notify", () -> List.of(spec.notification().toString()));
        return String.join(" ", keys.entrySet().stream().map(entry -> entry.getKey() + ":" + entry.getValue()).toList());
    }

    private void putUnless(boolean absent, String key, Supplier<List<String>> texts) {
        if (!absent) {
            keys.put(key, hash(texts.get()));
        }
    }

    private void container(List<String> entrypoint, Workload.Container container) {
        Workload.Image image = container.image();
        keys.put("image", hash(List.of(image.name(), image.archive().map(Path::toString).orElse(""),
                image.build().map(build -> build.context() + "\n" + build.dockerfile() + "\n" + new TreeMap<>(build.arguments()) + "\n"
                        + build.target()).orElse(""))));
        keys.put("entrypoint", hash(entrypoint));
        keys.put("volumes", hash(container.mounts().stream().map(Object::toString).toList()));
        keys.put("networks", hash(container.networks().stream().map(Object::toString).toList()));
        keys.put("ports", hash(Stream.concat(Stream.of(String.valueOf(container.port())),
                container.published().stream().map(Object::toString)).toList()));
        keys.put("container", hash(List.of(container.workingDirectory().orElse(""), container.hostname().orElse(""),
                new TreeMap<>(container.extraHosts()).toString(), new TreeMap<>(container.sysctls()).toString(),
                String.valueOf(container.init()))));
    }

    private static List<String> confinement(Confinement own) {
        return List.of(own.user().orElse(""), own.groups().toString(), new TreeSet<>(own.addCapabilities()).toString(),
                new TreeSet<>(own.dropCapabilities()).toString(), String.valueOf(own.noNewPrivileges()), String.valueOf(own.readOnly()),
                own.readOnlyPaths().toString(), own.writable().toString(), new TreeMap<>(own.temporary()).toString(),
                new TreeMap<>(own.ulimits()).toString(), own.umask().map(String::valueOf).orElse(""));
    }

    /// `command and environment changed`.
    static String difference(String before, String after) {
        Map<String, String> old = parse(before);
        var changed = new ArrayList<String>();
        parse(after).forEach((key, hash) -> {
            if (!hash.equals(old.get(key))) {
                changed.add(key);
            }
        });
        return old.isEmpty() || changed.isEmpty() ? "its declaration changed" : String.join(" and ", changed) + " changed";
    }

    private static Map<String, String> parse(String digest) {
        var keys = new LinkedHashMap<String, String>();
        for (String part : digest.split(" ")) {
            int colon = part.indexOf(':');
            if (colon > 0) {
                keys.put(part.substring(0, colon), part.substring(colon + 1));
            }
        }
        return keys;
    }

    private static List<String> pairs(Map<String, String> map) {
        var flat = new ArrayList<String>();
        map.forEach((key, value) -> {
            flat.add(key);
            flat.add(value);
        });
        return flat;
    }

    private static String hash(List<String> texts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8)); // lengths keep ["a","b"] and ["ab"] apart
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
