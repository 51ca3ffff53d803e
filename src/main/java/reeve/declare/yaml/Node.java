package reeve.declare.yaml;

import java.util.List;

/// A value of a YAML file, with aliases and merges already followed.
public sealed interface Node {

    /// Where it is written; for what came through an alias or a merge, where the original stands.
    Place place();

    /// @param plain whether it stood without quotes, so that it may be a number, a truth value or nothing
    record Scalar(Place place, String text, boolean plain) implements Node {
        /// Nothing is given: `key:`, `~` or `null`.
        public boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }
    }

    record Sequence(Place place, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// @param entries in the file's order, what was merged in last; no key twice
    record Mapping(Place place, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    record Entry(String key, Place keyPlace, Node value) {}
}
