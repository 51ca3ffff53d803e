package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// How many characters a terminal shows, ioctl_tty(2).
record TerminalSize(int rows, int columns) {
    private static final int GET = 0x5413;
    private static final int SET = 0x5414;

    /// @return empty where the descriptor is no terminal, or one that does not know its size
    static Optional<TerminalSize> of(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            if (Libc.CONTROL.call(descriptor, GET, size.address()).failed()) {
                return Optional.empty();
            }
            var found = new TerminalSize(Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 0)),
                    Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)));
            return found.rows == 0 || found.columns == 0 ? Optional.empty() : Optional.of(found);
        }
    }

    /// The kernel tells the programs on the terminal by SIGWINCH.
    void set(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) columns);
            Libc.CONTROL.call(descriptor, SET, size.address());
        }
    }
}
