package reeve;

/// From arguments to exit code.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
