package reeve.base.command;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The variables of Reeve's own environment that programs get when they set none themselves, as systemd gives its services:
/// where programs are found, who runs them, language and time zone. Nothing else of Reeve's environment reaches a program.
public final class PassedThrough {
    public static final List<String> NAMES = List.of("PATH", "HOME", "LANG", "USER", "TZ");

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private PassedThrough() {}

    /// @param own Reeve's environment
    /// @return the variables in [#NAMES] that are set; always a PATH
    public static Map<String, String> from(Map<String, String> own) {
        var passed = new TreeMap<>(Map.of("PATH", DEFAULT_PATH));
        for (String name : NAMES) {
            String value = own.getOrDefault(name, "");
            if (!value.isEmpty()) {
                passed.put(name, value);
            }
        }
        return Map.copyOf(passed);
    }
}
