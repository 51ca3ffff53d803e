package reeve.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an instance may not do, for processes and containers alike.
/// @param user            name or number, optionally `:group`; empty for Reeve's own, or the image's
/// @param groups          further groups, names or numbers
/// @param addCapabilities kept or added, in capitals without `CAP_`; `ALL` for all
/// @param dropCapabilities likewise
/// @param readOnly        its whole file system, but for mounts, `tmpfs` and `writable`
/// @param readOnlyPaths   of this machine, that a process cannot write
/// @param writable        of this machine, that a process can write although `readOnly`
/// @param temporary       folders of its own that end with it: path → options such as `size=64m`
/// @param ulimits         by Compose's name, `nofile`
/// @param umask           empty for Reeve's own
public record Confinement(
        Optional<String> user,
        List<String> groups,
        Set<String> addCapabilities,
        Set<String> dropCapabilities,
        boolean noNewPrivileges,
        boolean readOnly,
        List<Path> readOnlyPaths,
        List<Path> writable,
        Map<String, String> temporary,
        Map<String, Ulimit> ulimits,
        Optional<Integer> umask) {

    public static final Confinement NONE =
            new Confinement(Optional.empty(), List.of(), Set.of(), Set.of(), false, false, List.of(), List.of(),
            Map.of(), Map.of(), Optional.empty());

    /// @param hard -1 for unlimited, as `soft`
    public record Ulimit(long soft, long hard) {}

    public Confinement {
        groups = List.copyOf(groups);
        addCapabilities = Set.copyOf(addCapabilities);
        dropCapabilities = Set.copyOf(dropCapabilities);
        readOnlyPaths = List.copyOf(readOnlyPaths);
        writable = List.copyOf(writable);
        temporary = Map.copyOf(temporary);
        ulimits = Map.copyOf(ulimits);
    }
}
