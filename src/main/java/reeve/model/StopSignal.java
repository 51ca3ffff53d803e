package reeve.model;

/// A signal that asks a program to end, with its number on Linux (signal(7), the same on x86-64 and arm64).
public enum StopSignal {
    SIGHUP(1), SIGINT(2), SIGQUIT(3), SIGKILL(9), SIGUSR1(10), SIGUSR2(12), SIGTERM(15), SIGWINCH(28);

    private final int number;

    StopSignal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
