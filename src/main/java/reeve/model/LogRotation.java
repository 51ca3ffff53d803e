package reeve.model;

import java.time.Duration;

/// How much of an instance's output is kept.
/// @param size of one file in bytes; a longer one is put aside
/// @param files kept, the one written to among them
/// @param age   after which a file is put aside or removed, whatever its size
public record LogRotation(long size, int files, Duration age) {
    public static final LogRotation DEFAULT = new LogRotation(20L * 1024 * 1024, 3, Duration.ofDays(30));

    public LogRotation {
        Specs.positive("age", age);
        if (size < 1024 || files < 1 || files > 100) {
            throw new IllegalArgumentException("cannot keep " + files + " files of " + size
                    + " bytes: allowed are 1 to 100 files of 1024 bytes"
                    + " or more");
        }
    }
}
