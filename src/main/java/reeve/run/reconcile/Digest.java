package reeve.run.reconcile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reeve.model.ServiceSpec;
import reeve.model.Workload;

/// A short text that differs when an instance would have to be started differently, and says in which keys:
/// `command:1f3a… environment:09bc… …`. It is kept with the running instance, so it must not reveal what it digests.
final class Digest {
    private Digest() {}

    static String of(List<String> command, Map<String, String> environment, ServiceSpec spec) {
        var keys = new LinkedHashMap<String, String>();
        keys.put("command", hash(command));
        keys.put("environment", hash(pairs(new TreeMap<>(environment))));
        keys.put("env_file", hash(spec.envFiles().stream().map(file -> file.path() + (file.required() ? "" : "?")).toList()));
        keys.put("working_dir", hash(List.of(spec.workload() instanceof Workload.Process process
                ? process.workingDirectory().toString() : "")));
        return String.join(" ", keys.entrySet().stream().map(entry -> entry.getKey() + ":" + entry.getValue()).toList());
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
