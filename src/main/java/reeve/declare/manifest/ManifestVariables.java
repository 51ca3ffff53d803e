package reeve.declare.manifest;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import reeve.base.VariableText;
import reeve.declare.yaml.Node;
import reeve.declare.yaml.Problems;
import reeve.declare.yaml.YamlText;
import reeve.model.ManifestFiles;

/// Which variables of its caller a manifest uses, so that nothing else of the caller's environment has to be sent along.
public final class ManifestVariables {
    /// Where a name without a value stands for the caller's.
    private static final Set<String> BARE = Set.of("environment", "args");

    private ManifestVariables() {}

    /// @param text a manifest; a broken one has no variables, whoever reads it will say what is wrong with it
    public static Set<String> named(String text) {
        var names = new TreeSet<String>();
        YamlText.parse(text, new Problems()).filter(root -> !AppManifestReader.recognises(root)).ifPresent(root -> {
            if (root instanceof Node.Mapping(var _, List<Node.Entry> entries)
                    && entries.stream().noneMatch(entry -> entry.key().equals("name"))) {
                names.add(ManifestFiles.PROJECT);
            }
            collect(root, false, Collections.newSetFromMap(new IdentityHashMap<>()), names);
        });
        return Collections.unmodifiableSet(names);
    }

    /// @param bare whether a name without a value is a variable
    private static void collect(Node node, boolean bare, Set<Node> seen, Set<String> names) {
        if (!seen.add(node) && !bare) {
            return;
        }
        switch (node) {
            case Node.Scalar(_, String text, _) -> collect(text, names);
            case Node.Sequence(_, List<Node> items) -> {
                for (Node item : items) {
                    if (bare && item instanceof Node.Scalar(_, String text, _) && text.indexOf('=') < 0) {
                        names.add(text);
                    }
                    collect(item, false, seen, names);
                }
            }
            case Node.Mapping(_, List<Node.Entry> entries) -> {
                for (Node.Entry entry : entries) {
                    if (entry.key().equals("profiles")) {
                        names.add(ManifestFiles.PROFILES);
                    }
                    if (bare && entry.value() instanceof Node.Scalar scalar && scalar.isNull()) {
                        names.add(entry.key());
                    }
                    collect(entry.value(), BARE.contains(entry.key()), seen, names);
                }
            }
        }
    }

    private static void collect(String text, Set<String> names) {
        if (text.startsWith("~")) {
            names.add("HOME");
        }
        if (text.indexOf('$') < 0) {
            return;
        }
        try {
            names.addAll(VariableText.parse(text, References::own).names());
        } catch (IllegalArgumentException malformed) {
            // the reader reports it, with its place
        }
    }
}
