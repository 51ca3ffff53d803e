package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Users and groups of this machine, as the C library finds them: in files, or wherever the machine says. May block.
public final class Users {
    private static final int ENTRY = 256; // struct passwd and struct group are smaller
    private static final int TEXT = 64 * 1024;
    private static final int MOST_GROUPS = 65_536;

    private Users() {}

    /// @param group the user's own
    public record User(String name, int id, int group, String home) {}

    public static Optional<User> named(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return user(arena, Libc.USER_BY_NAME, arena.allocateFrom(name).address());
        }
    }

    public static Optional<User> numbered(int id) {
        try (Arena arena = Arena.ofConfined()) {
            return user(arena, Libc.USER_BY_ID, id);
        }
    }

    /// `struct passwd`: name, password, uid, gid, comment, home, shell; with glibc and musl alike.
    private static Optional<User> user(Arena arena, Libc.Function function, long key) {
        MemorySegment entry = arena.allocate(ENTRY, 8);
        if (!found(arena, function, key, entry)) {
            return Optional.empty();
        }
        return Optional.of(new User(
                text(entry, 0), entry.get(ValueLayout.JAVA_INT, 16), entry.get(ValueLayout.JAVA_INT, 20), text(entry, 32)));
    }

    /// The number of a group.
    public static OptionalInt group(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(ENTRY, 8);
            return found(arena, Libc.GROUP_BY_NAME, arena.allocateFrom(name).address(), entry)
                    ? OptionalInt.of(entry.get(ValueLayout.JAVA_INT, 16)) // struct group: name, password, gid, members
                    : OptionalInt.empty();
        }
    }

    private static boolean found(Arena arena, Libc.Function function, long key, MemorySegment entry) {
        MemorySegment text = arena.allocate(TEXT);
        MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
        Libc.Answer answer = function.call(key, entry.address(), text.address(), TEXT, result.address());
        return answer.value() == 0 && result.get(ValueLayout.JAVA_LONG, 0) != 0;
    }

    private static String text(MemorySegment entry, long offset) {
        return Libc.text(entry.get(ValueLayout.JAVA_LONG, offset));
    }

    /// All groups a user is a member of, its own among them.
    public static int[] groups(User user) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, 64);
            MemorySegment name = arena.allocateFrom(user.name);
            while (true) {
                int room = count.get(ValueLayout.JAVA_INT, 0);
                MemorySegment groups = arena.allocate(ValueLayout.JAVA_INT, room);
                if (!Libc.GROUPS_OF_USER.call(name.address(), user.group, groups.address(), count.address()).failed()) {
                    return IntStream.range(0, count.get(ValueLayout.JAVA_INT, 0))
                            .map(i -> groups.getAtIndex(ValueLayout.JAVA_INT, i)).toArray();
                }
                if (room >= MOST_GROUPS) {
                    throw new OsException("cannot list the groups of user " + user.name + ": there are too many");
                }
                count.set(ValueLayout.JAVA_INT, 0, room * 2);
            }
        }
    }
}
