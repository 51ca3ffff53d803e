package reeve.run.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import reeve.base.os.Controllers;
import reeve.base.os.Limit;
import reeve.base.os.Machine;
import reeve.base.os.Processes;
import reeve.model.Resources;

/// What a run may use, and who sees to it.
/// @param folders    cgroups that limit, all of which the program must join
/// @param values     what is set in them: bytes, millionths of a processor, processes
/// @param byUlimit   processes, where no cgroup counts them: RLIMIT_NPROC, which counts all of the user
/// @param unenforced what nothing on this machine holds it to, in words
record Limits(Map<Limit, Path> folders, Map<Limit, Long> values, OptionalLong byUlimit, List<String> unenforced) {
    /// Of the processes that the machine can have: what one service may have unless it says otherwise. systemd's default, too.
    private static final double SHARE = 0.15;

    Limits {
        folders = Map.copyOf(folders);
        values = Map.copyOf(values);
        unenforced = List.copyOf(unenforced);
    }

    static Limits of(Resources resources, Controllers controllers, String run) {
        var wanted = new EnumMap<Limit, Long>(Limit.class);
        resources.memory().ifPresent(bytes -> wanted.put(Limit.MEMORY, bytes));
        resources.cpus().ifPresent(cpus -> wanted.put(Limit.CPU, Math.round(cpus * 1_000_000)));
        resources.processes().ifPresent(most -> wanted.put(Limit.PROCESSES, most));
        if (!wanted.containsKey(Limit.PROCESSES) && controllers.available().contains(Limit.PROCESSES)) {
            wanted.put(Limit.PROCESSES, mostProcesses());
        }
        OptionalLong byUlimit = OptionalLong.empty();
        var unenforced = new ArrayList<String>();
        for (Limit limit : List.copyOf(wanted.keySet())) {
            if (!controllers.available().contains(limit)) {
                long value = wanted.remove(limit);
                if (limit == Limit.PROCESSES) {
                    byUlimit = OptionalLong.of(value);
                }
                unenforced.add(words(limit));
            }
        }
        return new Limits(controllers.folders(run, wanted.keySet()), wanted, byUlimit, unenforced);
    }

    private static String words(Limit limit) {
        String missing = ": no cgroup controller '" + limit.controller() + "' can be used here";
        return switch (limit) {
            case MEMORY -> "memory is not limited" + missing;
            case CPU -> "cpus are not limited" + missing;
            case PROCESSES -> "processes are limited only together with all others of its user, and not at all for root" + missing;
        };
    }

    private static long mostProcesses() {
        long most = Math.min(
                Machine.setting("kernel/pid_max").orElse(Short.MAX_VALUE), // the kernel's own default
                Machine.setting("kernel/threads-max").orElse(Short.MAX_VALUE));
        return Math.max(1, Math.round(most * SHARE));
    }

    /// What RLIMIT_NPROC must be: it counts what the user has already.
    static long withThoseOf(int user, long processes) {
        return processes + Processes.threadsOf(user);
    }
}
