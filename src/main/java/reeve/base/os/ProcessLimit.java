package reeve.base.os;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// A ulimit of a process, getrlimit(2).
/// @param number which, as the kernel counts them on x86-64 and arm64
/// @param soft   -1 for none
/// @param hard   -1 for none
public record ProcessLimit(int number, long soft, long hard) {
    private static final int LONGEST_NAME = 26;

    /// All of a process, from its proc_pid_limits(5), which has them in the order of their numbers; none where it is gone.
    public static List<ProcessLimit> of(long pid) {
        List<String> lines = Cgroups.read(Path.of("/proc/" + pid + "/limits")).lines().skip(1).toList();
        return IntStream.range(0, lines.size()).mapToObj(number -> {
            String[] values = lines.get(number).substring(LONGEST_NAME).strip().split(" +");
            return new ProcessLimit(number, value(values[0]), value(values[1]));
        }).toList();
    }

    private static long value(String text) {
        return text.equals("unlimited") ? -1 : Long.parseLong(text);
    }
}
