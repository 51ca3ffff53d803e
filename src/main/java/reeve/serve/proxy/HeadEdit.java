package reeve.serve.proxy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// What a head that has just been written loses and gets. Names with `_` are taken for those with `-`, as many backends take them. One
/// exchange, one loop.
final class HeadEdit {
    private static final int END = 2; // of the head: an empty line

    private final Set<String> removed = new HashSet<>();
    private final Bytes added = new Bytes();

    /// @param name in lower case
    HeadEdit remove(String name) {
        removed.add(name);
        return this;
    }

    HeadEdit add(String name, String value) {
        added.put(name).put(": ").put(value).put("\r\n");
        return this;
    }

    /// @param lines each with its end
    HeadEdit add(String lines) {
        added.put(lines);
        return this;
    }

    /// Takes the place of what the head says of it.
    HeadEdit set(String name, String value) {
        return remove(name.toLowerCase(Locale.ROOT)).add(name, value);
    }

    /// @param head  whole, with its empty line, and nothing behind it
    /// @param spare whose content is lost
    void apply(Bytes head, Bytes spare) {
        spare.clear();
        byte[] bytes = head.array();
        int line = 0;
        for (int at = 0; at < head.length() - END; at++) {
            if (bytes[at] == '\n') {
                copy(bytes, line, at + 1, spare);
                line = at + 1;
            }
        }
        spare.put(added.array(), 0, added.length()).put("\r\n");
        head.swap(spare);
    }

    private void copy(byte[] bytes, int from, int to, Bytes into) {
        if (from == 0 || removed.isEmpty() || !removed.contains(name(bytes, from, to))) {
            into.put(bytes, from, to);
        }
    }

    private static String name(byte[] bytes, int from, int to) {
        var name = new StringBuilder();
        for (int at = from; at < to && bytes[at] != ':'; at++) {
            char c = (char) bytes[at];
            name.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c == '_' ? '-' : c);
        }
        return name.toString();
    }
}
