package reeve.model;

/// The name of a service within its app. Compose's rule: letters, digits, `.`, `_` and `-`.
public record ServiceName(String value) implements Comparable<ServiceName> {
    public static final String ALLOWED = "letters, digits, '.', '_' and '-', starting with a letter or digit, at most 63 characters";

    public ServiceName {
        Names.require("service name", value, ServiceName::allows, ALLOWED);
    }

    public static boolean allows(String value) {
        return Names.MIXED.matcher(value).matches();
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
