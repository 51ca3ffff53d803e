package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Tells the service manager how Reeve is doing (sd_notify(3)): one datagram to the unix socket named in `NOTIFY_SOCKET`.
/// @param socket path, or an abstract name that starts with `@`; empty where no manager listens
public record Notify(String socket) {
    private static final int UNIX = 1;
    private static final int DATAGRAM = 2;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NO_SIGNAL = 0x4000;
    private static final int MOST_PATH = 107;

    /// @param message such as `READY=1` or `STATUS=…`
    /// @return whether it was sent; false where no manager listens
    public boolean send(String message) {
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > MOST_PATH) {
            return false;
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        Libc.Answer opened = Libc.SOCKET.call(UNIX, DATAGRAM | CLOSE_ON_EXEC, 0);
        if (opened.failed()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            byte[] text = message.getBytes(StandardCharsets.UTF_8);
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, text);
            MemorySegment address = arena.allocate(2L + MOST_PATH + 1, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
            return !Libc.SEND_TO
                    .call(opened.value(), data.address(), text.length, NO_SIGNAL, address.address(), 2L + path.length)
                    .failed();
        } finally {
            Libc.CLOSE.call(opened.value());
        }
    }
}
