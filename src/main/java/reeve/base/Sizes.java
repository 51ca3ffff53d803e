package reeve.base;

import java.util.List;
import java.util.Locale;

/// Numbers of bytes as people read them.
public final class Sizes {
    private Sizes() {}

    /// `512 B`, `1.5 MiB`, `2.0 GiB`.
    public static String words(long bytes) {
        double size = bytes;
        for (String unit : List.of("B", "KiB", "MiB")) {
            if (size < 1024) {
                return String.format(Locale.ROOT, unit.equals("B") ? "%.0f %s" : "%.1f %s", size, unit);
            }
            size /= 1024;
        }
        return String.format(Locale.ROOT, "%.1f GiB", size);
    }
}
