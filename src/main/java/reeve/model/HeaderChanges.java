package reeve.model;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// How the header lines of a message are changed: some are removed, some set in the place of all of the same name, some added.
/// @param remove names in lower case
public record HeaderChanges(List<Line> set, List<Line> add, List<String> remove) {
    public static final HeaderChanges NONE = new HeaderChanges(List.of(), List.of(), List.of());
    public static final int MOST = 64;
    /// They say how the message is framed and what concerns one connection only: the proxy's own business (RFC 9110 §7.6.1).
    private static final Set<String> NEVER = Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
            "content-length", "upgrade", "http2-settings", "expect", "max-forwards", "via", "proxy");

    /// @param name as it is sent
    public record Line(String name, HeaderText value) {
        public Line {
            if (!allowsName(name)) {
                throw new IllegalArgumentException("cannot set the header '" + name + "'");
            }
            if (name.equalsIgnoreCase("host") && !value.allowsHost()) {
                throw new IllegalArgumentException("cannot use '" + value + "' as Host: allowed is a host, with or without a port");
            }
        }
    }

    public HeaderChanges {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = remove.stream().map(name -> name.toLowerCase(Locale.ROOT)).sorted().distinct().toList();
        if (set.size() + add.size() + remove.size() > MOST + 1) { // one may come from elsewhere
            throw new IllegalArgumentException("cannot change more than " + MOST + " header lines");
        }
        if (set.stream().map(line -> line.name().toLowerCase(Locale.ROOT)).distinct().count() < set.size()) {
            throw new IllegalArgumentException("cannot set a header twice");
        }
        if (remove.contains("host") || add.stream().anyMatch(line -> line.name().equalsIgnoreCase("host"))) {
            throw new IllegalArgumentException("cannot add or remove Host: a request has one; set it");
        }
        remove.stream().filter(name -> !allowsName(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("cannot remove the header '" + name + "'");
        });
    }

    /// Whether it is the name of a header that may be changed, in any case.
    public static boolean allowsName(String name) {
        return isName(name) && !isFixed(name);
    }

    /// Whether it could be the name of a header.
    public static boolean isName(String name) {
        return name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    }

    /// Whether it is a header that only the proxy itself writes or removes.
    public static boolean isFixed(String name) {
        return NEVER.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Whether it changes a header.
    /// @param name in lower case
    public boolean names(String name) {
        return remove.contains(name) || lines().anyMatch(line -> line.name().equalsIgnoreCase(name));
    }

    public boolean isNone() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty();
    }

    /// What is written, set or added.
    public Stream<Line> lines() {
        return Stream.concat(set.stream(), add.stream());
    }
}
