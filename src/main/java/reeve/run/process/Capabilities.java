package reeve.run.process;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reeve.base.os.Machine;
import reeve.base.os.Processes;
import reeve.run.process.Preflight.Refused;

/// Sets of capabilities (capabilities(7)) as the kernel numbers them: bit N is capability N.
final class Capabilities {
    private static final List<String> NAMES = List.of(
            "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
            "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT",
            "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
            "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
            "PERFMON", "BPF", "CHECKPOINT_RESTORE");
    private static final String ALL = "ALL";

    private Capabilities() {}

    /// The highest number that this kernel knows.
    static int last() {
        return (int) Math.min(Machine.setting("kernel/cap_last_cap").orElse(NAMES.size() - 1), NAMES.size() - 1);
    }

    /// @param names in capitals, without `CAP_`; `ALL` for those that this process has
    static long set(Set<String> names) throws Refused {
        long set = 0;
        for (String name : names) {
            int number = NAMES.indexOf(name);
            if (number < 0 && !name.equals(ALL)) {
                throw new Refused("cannot add or drop capability " + name + ": there is none of that name");
            }
            set |= number < 0 ? own("CapPrm") : 1L << number;
        }
        return set;
    }

    /// What a program and all it becomes can ever have.
    static long bounding(Set<String> added, Set<String> dropped) throws Refused {
        long kept = dropped.contains(ALL) ? 0 : own("CapBnd") & ~set(dropped);
        return kept | set(added);
    }

    private static long own(String line) {
        return of(ProcessHandle.current().pid(), line);
    }

    /// A set of a process's, from a line of `/proc/PID/status`.
    static long of(long pid, String line) {
        String set = Processes.status(pid, line);
        return set.isEmpty() ? 0 : Long.parseUnsignedLong(set, 16);
    }

    static void addTo(Fields fields, String name, long set) {
        fields.add(name, set).add(name + "_names", words(set));
    }

    /// As setpriv(1) wants it: none but these.
    private static String words(long set) {
        return IntStream.rangeClosed(0, last())
                .filter(number -> (set & 1L << number) != 0)
                .mapToObj(number -> ",+" + NAMES.get(number).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("", "-all", ""));
    }
}
