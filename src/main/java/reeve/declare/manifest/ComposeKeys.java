package reeve.declare.manifest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reeve.declare.yaml.Keys;

/// Which keys a manifest may have, and which of the Compose Specification are known but not honoured.
final class ComposeKeys {
    private static final String LATER = "not supported yet";

    static final Keys TOP = keys("name services routes version x-reeve", "networks volumes configs secrets include models");

    /// Reeve's own keys of a service; they may stand under `x-reeve` too.
    static final List<String> OWN = List.of("route", "sleep", "only_on", "enabled");

    static final Keys SERVICE =
            keys("command environment env_file working_dir depends_on healthcheck restart stop_signal stop_grace_period deploy "
            + "labels route sleep only_on enabled x-reeve",
            """
            annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent configs container_name cpu_count cpu_percent
            cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec develop device_cgroup_rules
            devices dns dns_opt dns_search domainname driver_opts entrypoint expose extends external_links extra_hosts gpus group_add
            hostname init ipc isolation label_file links logging mac_address mem_limit mem_reservation mem_swappiness
            memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop
            privileged profiles provider pull_policy pull_refresh_after read_only runtime scale secrets security_opt shm_size
            stdin_open storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from""",
            Map.of("image", LATER + ": a service is a process of this machine, write its 'command' without 'image'"));

    static final Keys HEALTHCHECK = keys("test http tcp disable interval timeout retries start_period", "",
            Map.of("start_interval", LATER
                    + ": while a service starts, it is probed every 5 ms at first and then less and less often, up to 'interval'"));

    static final Keys DEPENDENCY = keys("condition required", "restart");
    static final Keys DEPLOY =
            keys("replicas", "mode labels update_config rollback_config restart_policy resources placement endpoint_mode");
    static final Keys ENV_FILE = keys("path required format", "");
    static final Keys ROUTE = keys("host path port", "");
    static final Keys EXTERNAL_ROUTE = keys("host path to", "");
    static final Keys SLEEP = keys("after how wake_timeout", "");
    static final Keys ONLY_ON = keys("class name labels", "");
    static final Keys TOP_OWN = keys("routes", "");
    static final Keys SERVICE_OWN = new Keys(OWN, Map.of());

    private ComposeKeys() {}

    private static Keys keys(String allowed, String later) {
        return keys(allowed, later, Map.of());
    }

    private static Keys keys(String allowed, String later, Map<String, String> refused) {
        var messages = new HashMap<>(refused);
        for (String key : later.isBlank() ? List.<String>of() : List.of(later.strip().split("\\s+"))) {
            messages.put(key, LATER);
        }
        return new Keys(List.of(allowed.split(" ")), messages);
    }
}
