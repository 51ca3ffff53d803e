package reeve.model;

/// The name of an app. Compose's rule for project names: lower case letters, digits, `-` and `_`, starting with a letter or digit.
public record AppName(String value) implements Comparable<AppName> {
    public static final String ALLOWED = "lower case letters, digits, '-' and '_', starting with a letter or digit, at most 63 characters";

    public AppName {
        Names.require("app name", value, AppName::allows, ALLOWED);
    }

    public static boolean allows(String value) {
        return Names.LOWER.matcher(value).matches();
    }

    @Override
    public int compareTo(AppName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
