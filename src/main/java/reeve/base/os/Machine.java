package reeve.base.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Facts about the machine and the user Reeve runs as.
public final class Machine {
    private static final Path RANDOM = Path.of("/proc/sys/kernel/random");

    private Machine() {}

    /// Differs after each boot of the machine.
    public static String bootId() {
        return read("boot_id");
    }

    /// A new random name from the kernel, 122 random bits, unlike any other.
    public static String newName() {
        return read("uuid");
    }

    /// The user that the kernel checks permissions for; 0 for root.
    public static int user() {
        return Libc.EFFECTIVE_USER.call().value();
    }

    private static String read(String file) {
        try {
            return Files.readString(RANDOM.resolve(file)).strip();
        } catch (IOException e) {
            throw new OsException("cannot read " + RANDOM.resolve(file) + ": " + e.getMessage(), e);
        }
    }
}
