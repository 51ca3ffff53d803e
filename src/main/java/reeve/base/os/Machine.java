package reeve.base.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

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

    /// A number of the kernel's own settings, `kernel/pid_max`; empty where it may not be read.
    public static OptionalLong setting(String name) {
        try (var reader = Files.newBufferedReader(Path.of("/proc/sys").resolve(name))) { // in one read: a second one finds nothing
            return OptionalLong.of(Long.parseLong(String.valueOf(reader.readLine()).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty(); // as in containers that hide it
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(RANDOM.resolve(file)).strip();
        } catch (IOException e) {
            throw new OsException("cannot read " + RANDOM.resolve(file) + ": " + e.getMessage(), e);
        }
    }
}
