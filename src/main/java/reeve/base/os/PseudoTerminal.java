package reeve.base.os;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// A terminal made of software, pty(7): a program uses [#device] as its terminal, the streams here are the other end. One thread
/// reads, one writes, any closes. A read ends the stream when no program has the device open any more.
public final class PseudoTerminal implements AutoCloseable {
    private static final int READ_WRITE_NO_CONTROL_CLOSE_ON_EXEC = 02 | 0400 | 02000000;
    private static final int NAME_BYTES = 64;
    private static final int READABLE = 1;
    private static final int WRITABLE = 4;
    private static final int BLOCK = 8 * 1024;

    private final int master;
    private final int wakeUp;
    private final Path device;
    private final Object reading = new Object();
    private final Object writing = new Object();
    private volatile boolean closed;

    private PseudoTerminal(int master, int wakeUp, Path device) {
        this.master = master;
        this.wakeUp = wakeUp;
        this.device = device;
    }

    /// @throws OsException where the machine gives none
    public static PseudoTerminal open(int rows, int columns) {
        int master = opened(Libc.PTY_OPEN.call(READ_WRITE_NO_CONTROL_CLOSE_ON_EXEC));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            opened(Libc.PTY_GRANT.call(master));
            opened(Libc.PTY_UNLOCK.call(master));
            if (Libc.PTY_NAME.call(master, name.address(), NAME_BYTES).value() != 0) {
                throw new OsException("cannot open a terminal: it has no name");
            }
            new TerminalSize(rows, columns).set(master);
            return new PseudoTerminal(master, opened(Libc.EVENT_FD.call(0, 02000000)), Path.of(name.getString(0)));
        } catch (OsException e) {
            Libc.CLOSE.call(master);
            throw e;
        }
    }

    private static int opened(Libc.Answer answer) {
        if (answer.failed()) {
            throw new OsException("cannot open a terminal: error " + answer.errno());
        }
        return answer.value();
    }

    public Path device() {
        return device;
    }

    public synchronized void resize(int rows, int columns) {
        if (!closed) {
            new TerminalSize(rows, columns).set(master);
        }
    }

    /// What programs write. Reads block their thread within the kernel.
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                synchronized (reading) {
                    return awaits(READABLE) ? receive(into, offset, length) : -1;
                }
            }
        };
    }

    /// What programs read. Writes block their thread within the kernel while no program reads.
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                synchronized (writing) {
                    for (int at = offset; at < offset + length;) {
                        if (!awaits(WRITABLE)) {
                            throw new IOException("cannot write to a terminal: it is closed");
                        }
                        at += send(bytes, at, Math.min(BLOCK, offset + length - at));
                    }
                }
            }
        };
    }

    /// @return false once it is closed
    private boolean awaits(int event) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(ValueLayout.JAVA_INT, 4); // two times descriptor, events, returned events
            both.setAtIndex(ValueLayout.JAVA_INT, 0, master);
            both.setAtIndex(ValueLayout.JAVA_INT, 1, event);
            both.setAtIndex(ValueLayout.JAVA_INT, 2, wakeUp);
            both.setAtIndex(ValueLayout.JAVA_INT, 3, READABLE);
            Libc.Answer answer;
            do {
                answer = closed ? new Libc.Answer(0, 0) : Libc.POLL.call(both.address(), 2, -1);
            } while (answer.failedWith(Libc.EINTR));
            return !closed && !answer.failed();
        }
    }

    private int receive(byte[] into, int offset, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(Math.min(length, BLOCK));
            Libc.Answer count = Libc.READ.call(master, block.address(), block.byteSize());
            if (count.value() <= 0) {
                return -1; // EIO: no program has it open
            }
            MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, into, offset, count.value());
            return count.value();
        }
    }

    private int send(byte[] bytes, int offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(length);
            MemorySegment.copy(bytes, offset, block, ValueLayout.JAVA_BYTE, 0, length);
            Libc.Answer count = Libc.WRITE.call(master, block.address(), length);
            if (count.failed() && count.errno() != Libc.EINTR) {
                throw new IOException("cannot write to a terminal: error " + count.errno());
            }
            return Math.max(0, count.value());
        }
    }

    /// Hangs up: programs that have it as their controlling terminal get SIGHUP.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try (Arena arena = Arena.ofConfined()) {
            Libc.WRITE.call(wakeUp, arena.allocateFrom(ValueLayout.JAVA_LONG, 1L).address(), Long.BYTES);
        }
        synchronized (reading) {
            synchronized (writing) { // nobody is about to use a number that the kernel may give to something else
                Libc.CLOSE.call(master);
                Libc.CLOSE.call(wakeUp);
            }
        }
    }
}
