package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The terminal that this process was started on, termios(3). Any thread.
public final class CallerTerminal {
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int AT_ONCE = 0;
    private static final int SETTINGS_BYTES = 256; // struct termios is 60 on Linux

    private CallerTerminal() {}

    /// Whether standard input and standard output both are a terminal.
    public static boolean present() {
        return Libc.IS_TERMINAL.call(INPUT).value() == 1 && Libc.IS_TERMINAL.call(OUTPUT).value() == 1;
    }

    /// 24 by 80 where the terminal does not say.
    public static int rows() {
        return TerminalSize.of(OUTPUT).map(TerminalSize::rows).orElse(24);
    }

    /// See [#rows].
    public static int columns() {
        return TerminalSize.of(OUTPUT).map(TerminalSize::columns).orElse(80);
    }

    /// Hands every key to this process as it is pressed, Ctrl-C too, and shows none.
    /// @return sets it back to what it was; doing so twice does no harm
    public static Runnable raw() {
        Arena arena = Arena.ofShared(); // lives as long as this short process
        MemorySegment before = arena.allocate(SETTINGS_BYTES);
        MemorySegment raw = arena.allocate(SETTINGS_BYTES);
        if (Libc.TERMINAL_GET.call(INPUT, before.address()).failed()) {
            throw new OsException("cannot use standard input as a terminal: it is none");
        }
        raw.copyFrom(before);
        Libc.TERMINAL_RAW.call(raw.address());
        Libc.TERMINAL_SET.call(INPUT, AT_ONCE, raw.address());
        return () -> Libc.TERMINAL_SET.call(INPUT, AT_ONCE, before.address());
    }
}
