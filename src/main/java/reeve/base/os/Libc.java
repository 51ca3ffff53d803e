package reeve.base.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The C library's functions that Reeve needs, each with the error number of its call.
///
/// Every argument is an integer or an address, handed over as a 64-bit value: in the calling conventions of x86-64 and arm64
/// a narrower parameter reads the low half of its register.
@SuppressWarnings("restricted") // the one place where native code is called
final class Libc {
    static final int ESRCH = 3;
    static final int EINTR = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    static final Function KILL = new Function("kill", 2);
    static final Function EFFECTIVE_USER = new Function("geteuid", 0);
    static final Function CLOSE = new Function("close", 1);
    static final Function WRITE = new Function("write", 3);
    static final Function READ = new Function("read", 3);
    static final Function EVENT_FD = new Function("eventfd", 2);
    static final Function EPOLL_CREATE = new Function("epoll_create1", 1);
    static final Function EPOLL_CONTROL = new Function("epoll_ctl", 4);
    static final Function EPOLL_WAIT = new Function("epoll_wait", 4);
    static final Function SOCKET = new Function("socket", 3);
    static final Function SEND_TO = new Function("sendto", 6);
    static final Function BIND = new Function("bind", 3);
    static final Function LISTEN = new Function("listen", 2);
    static final Function ACCEPT = new Function("accept4", 4);
    static final Function CONNECT = new Function("connect", 3);
    static final Function SOCKET_NAME = new Function("getsockname", 3);
    static final Function SET_SOCKET_OPTION = new Function("setsockopt", 5);
    static final Function SOCKET_OPTION = new Function("getsockopt", 5);
    static final Function SEND = new Function("sendmsg", 3);
    static final Function FILE_CONTROL = new Function("fcntl", 3, Linker.Option.firstVariadicArg(2));
    static final Function REPLACE = new Function("dup3", 3);
    static final Function RECEIVE = new Function("recvmsg", 3);
    static final Function USER_BY_NAME = new Function("getpwnam_r", 5);
    static final Function USER_BY_ID = new Function("getpwuid_r", 5);
    static final Function GROUP_BY_NAME = new Function("getgrnam_r", 5);
    static final Function GROUPS_OF_USER = new Function("getgrouplist", 4);

    static final Function IS_TERMINAL = new Function("isatty", 1);
    static final Function TERMINAL_GET = new Function("tcgetattr", 2);
    static final Function TERMINAL_SET = new Function("tcsetattr", 3);
    static final Function TERMINAL_RAW = new Function("cfmakeraw", 1);
    static final Function PTY_OPEN = new Function("posix_openpt", 1);
    static final Function PTY_GRANT = new Function("grantpt", 1);
    static final Function PTY_UNLOCK = new Function("unlockpt", 1);
    static final Function PTY_NAME = new Function("ptsname_r", 3);
    static final Function POLL = new Function("poll", 3);
    static final Function CONTROL = new Function("ioctl", 3, Linker.Option.firstVariadicArg(2));

    /// `syscall(2)` with up to four arguments, for calls that older C libraries do not export.
    private static final Function SYSTEM_CALL = new Function("syscall", 5, Linker.Option.firstVariadicArg(1));

    /// The same number on every architecture (kernel 5.3).
    private static final int PIDFD_OPEN = 434;
    /// The same number on every architecture (kernel 5.1).
    private static final int PIDFD_SEND_SIGNAL = 424;

    private static final int LONGEST_TEXT = 64 * 1024;

    private Libc() {}

    /// @param value what the function returned; -1 for a failure
    /// @param errno meaningful only after a failure
    record Answer(int value, int errno) {
        boolean failed() {
            return value == -1;
        }

        boolean failedWith(int expected) {
            return failed() && errno == expected;
        }
    }

    static final class Function {
        private final String name;
        private final MethodHandle handle;

        private Function(String name, int parameters, Linker.Option... options) {
            this.name = name;
            var layouts = new MemoryLayout[parameters];
            Arrays.fill(layouts, ValueLayout.JAVA_LONG);
            Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
            all[options.length] = Linker.Option.captureCallState("errno");
            handle = LINKER.downcallHandle(
                            LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts), all)
                    .asSpreader(1, long[].class, parameters);
        }

        Answer call(long... arguments) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(CALL_STATE);
                int value = (int) handle.invokeExact(state, arguments);
                return new Answer(value, (int) ERRNO.get(state, 0L));
            } catch (Throwable e) { // a method handle may declare anything; a C function throws nothing
                throw new OsException("cannot call " + name + ": " + e, e);
            }
        }
    }

    /// The text at an address that a function gave.
    static String text(long address) {
        return MemorySegment.ofAddress(address).reinterpret(LONGEST_TEXT).getString(0);
    }

    /// @return a file descriptor that becomes readable when the process is gone
    static Answer pidfdOpen(long pid) {
        return SYSTEM_CALL.call(PIDFD_OPEN, pid, 0, 0, 0);
    }

    static Answer pidfdSendSignal(int pidfd, int signal) {
        return SYSTEM_CALL.call(PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
    }
}
