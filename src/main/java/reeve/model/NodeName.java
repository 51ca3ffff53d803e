package reeve.model;

/// The name of a machine that runs Reeve, usually its host name.
public record NodeName(String value) implements Comparable<NodeName> {
    public static final String ALLOWED = "letters, digits, '.', '_' and '-', starting with a letter or digit, at most 63 characters";

    public NodeName {
        Names.require("node name", value, NodeName::allows, ALLOWED);
    }

    public static boolean allows(String value) {
        return Names.MIXED.matcher(value).matches();
    }

    @Override
    public int compareTo(NodeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
