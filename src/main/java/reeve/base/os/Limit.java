package reeve.base.os;

/// What a cgroup controller can limit.
public enum Limit {
    MEMORY("memory", "memory.limit_in_bytes", "memory.max"),
    CPU("cpu", "cpu.cfs_quota_us", "cpu.max"),
    PROCESSES("pids", "pids.max", "pids.max");

    private final String controller;
    private final String separateFile;
    private final String unifiedFile;

    Limit(String controller, String separateFile, String unifiedFile) {
        this.controller = controller;
        this.separateFile = separateFile;
        this.unifiedFile = unifiedFile;
    }

    /// The kernel's name, `pids`.
    public String controller() {
        return controller;
    }

    /// The file of cgroup v1 that sets it, in a hierarchy for each controller.
    String separateFile() {
        return separateFile;
    }

    /// The file of cgroup v2 that sets it.
    String unifiedFile() {
        return unifiedFile;
    }
}
