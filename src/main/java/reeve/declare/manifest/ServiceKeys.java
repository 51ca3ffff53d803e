package reeve.declare.manifest;

/// The keys of a service: Compose's, and Reeve's own, which may stand under `x-reeve` too.
final class ServiceKeys {
    private static final String ON_THIS_MACHINE = "a process has the files of this machine";

    static final KeyTable OWN = KeyTable.of("own")
            .key("route", "none", "where the proxy serves it: one or a list of `{host, path, port}`")
            .key("balance", "least requests", "which of its instances gets a request, and what when one fails: `{by, sticky, …}`")
            .key("backend_tls", "none", "it is spoken to over TLS, by the proxy and by `http` checks: `true`, or `{ca, server_name, …}`")
            .key("timeouts", "the node's", "for its requests: `{connect, first_byte, idle, total}`")
            .key("sleep", "never", "`{after, how, wake_timeout}`")
            .key("only_on", "everywhere", "`{class, name, labels: {NAME: …}}`, each one text or a list of choices; elsewhere it is stopped")
            .key("enabled", "`true`", "`true`, `false` or one `${features.NAME}`; otherwise the service is stopped")
            .key("startup", "none", "as `healthcheck`: until it passes, the instance is starting and no other check asks")
            .key("readiness", "none", "as `healthcheck`: while it fails, the instance gets no new requests; it is not restarted")
            .key("liveness", "none", "as `healthcheck`: where it fails, the instance is restarted; until then it gets requests")
            .process("notify", "none", "what the program tells by `sd_notify`: `{ready, watchdog}`", "write a healthcheck")
            .key("start_limits", "none", "how often in a row it may fail, by cause: `{crash, unhealthy, config, window}`")
            .key("drain_timeout", "`30s`", "how long an instance that is replaced may finish the requests it has")
            .key("schedule", "always on", "five fields of crontab(5), such as `\"30 3 * * *\"`, or `\"@daily\"`: it is started then "
                    + "and ends by itself")
            .key("hooks", "none", "commands that go with its life: a list of `{run, on, when, timeout}`")
            .key("logs", "20m, 3 files, 720h", "how much of its output is kept: `{size, files, age}`")
            .container("run_as", "Reeve runs it", "`quadlet`: systemd runs the container, as a unit that Reeve writes", "")
            .container("image_archive", "none", "a local archive (`docker save` or OCI) that holds the image", "")
            .process("umask", "Reeve's own", "octal digits, such as `\"027\"`", "")
            .process("read_only_paths", "none", "a list of paths that it cannot write", "write a volume with `:ro`")
            .process("writable_paths", "none", "a list of paths that it can write although `read_only`", "write a volume");

    private static final KeyTable RUNS = KeyTable.of("service")
            .key("command", "needed by a process", "a list, or one text that is split with a shell's quotes, but never given to a shell. "
                    + "In a container it takes the place of the image's own")
            .container("image", "none", "makes the service a container of this image", "")
            .container("build", "none", "makes the service a container of an image that is built here: a folder, or `{context, …}`", "")
            .container("pull_policy", "`missing`", "`always`, `missing`, `never`, `build`", "")
            .container("entrypoint", "the image's", "list or text, as `command`; an empty one removes the image's",
                    "write all of it in 'command'")
            .key("working_dir", "the manifest's folder, or the image's", "for a process relative to the manifest's folder")
            .key("environment", "none", "mapping, or list of `NAME=value`. A name without a value gets the caller's, or is left out. "
                    + "`NAME: {secret: KEY}` takes one of the app's secrets")
            .key("env_file", "none", "path, list of paths, or `{path, required, format}`; read at each start, `environment` wins over it")
            .key("secrets", "none", "list of keys of the app's secrets, or `{source, target}`: files in `$REEVE_SECRETS_DIR`, "
                    + "in a container in `/run/secrets`")
            .key("labels", "none", "mapping, or list of `NAME=value`")
            .key("depends_on", "none", "list of names, or `NAME: {condition, required}` with `service_started`, `service_healthy`, "
                    + "`service_completed_successfully`")
            .key("profiles", "none", "list of names; the service is left out unless one of them is active: `--profile`, `COMPOSE_PROFILES`")
            .key("healthcheck", "below", "how Reeve knows that an instance is well")
            .key("restart", "`always`", "`no`, `always`, `unless-stopped`, `on-failure`, `on-failure:N`. What others wait to see completed "
                    + "and what has a schedule defaults to `no`")
            .key("stop_signal", "`SIGTERM`", "`SIGTERM`, `TERM` or `15`")
            .key("stop_grace_period", "`10s`", "from that signal to KILL")
            .key("scale", "1", "how many instances, 0 to 1,000; as `deploy.replicas`")
            .key("deploy", "none", "`{replicas, resources, restart_policy, update_config}`")
            .key("logging", "`json-file`", "`{driver, options: {max-size, max-file}}` with the driver `json-file` or `local`")
            .key("post_start", "none", "list of `{command}`: run right after each start, as `hooks`")
            .key("pre_stop", "none", "list of `{command}`: run before each stop, as `hooks`");

    private static final KeyTable CONTAINER = KeyTable.of("service")
            .container("ports", "none", "ports of this machine that lead into the container: `[ADDRESS:][PORT:]PORT[/udp]`, ranges of one "
                    + "size, or `{target, published, host_ip, protocol}`",
                    "a process listens on this machine itself, write ${port} or route.port")
            .container("expose", "none", "its ports; where there is one, that is the one that is routed to and probed",
                    "write ${port} or route.port")
            .container("volumes", "none", "`[SOURCE:]TARGET[:ro]`, or `{type, source, target, read_only, …}`: volumes of the app, paths of "
                    + "this machine, anonymous ones, `tmpfs`", ON_THIS_MACHINE)
            .container("configs", "none", "list of keys of the app's configs, or `{source, target}`: files, read-only", ON_THIS_MACHINE)
            .container("networks", "`default`", "list of the app's networks, or `NAME: {aliases, priority}`",
                    "it has this machine's network")
            .container("network_mode", "none", "`host` or `none`, instead of `networks`", "it has this machine's network")
            .container("container_name", "none", "one more name on its networks; warned of: Reeve names the container itself", "")
            .container("hostname", "the runtime's", "its own host name", "")
            .container("extra_hosts", "none", "further names it can resolve: list of `NAME:ADDRESS`, or mapping; `host-gateway` is this "
                    + "machine", "write them into /etc/hosts")
            .container("sysctls", "none", "kernel parameters of its namespaces: mapping, or list of `NAME=value`", "")
            .container("init", "`false`", "whether an init process runs before its program", "")
            .container("shm_size", "the runtime's", "size of its `/dev/shm`", "");

    private static final KeyTable CONFINED = KeyTable.of("service")
            .key("user", "Reeve's own, or the image's", "name or number, optionally `:GROUP`")
            .key("group_add", "none", "list of further groups, names or numbers")
            .key("cap_add", "none", "list of capabilities it gets, `NET_ADMIN`, or `ALL`")
            .key("cap_drop", "none", "list of capabilities it loses, or `ALL`")
            .key("security_opt", "none", "`[no-new-privileges]`, optionally `:true` or `:false`")
            .key("read_only", "`false`", "whether its whole file system is read-only, but for volumes and `tmpfs`")
            .key("tmpfs", "none", "path or list of paths, each with options such as `/run:size=64m`: folders that end with it")
            .key("ulimits", "Reeve's own, or the runtime's", "`NAME: NUMBER` or `NAME: {soft, hard}`; -1 for unlimited")
            .key("mem_limit", "none", "memory it may use, such as `512m`; beyond it the kernel ends it")
            .key("cpus", "all", "processors it may use, 0.5 for half of one")
            .key("pids_limit", "none", "processes and threads it may have at a time; -1 for any number");

    static final KeyTable SERVICE = RUNS.and(CONTAINER).and(CONFINED).and(OWN)
            .key("x-reeve", "none", "Reeve's own keys may stand here, for files shared with other tools")
            .refused("replicas", "write 'scale', or 'replicas' in 'deploy'")
            .refused("extends", "not supported: write the service out, or use a YAML anchor and <<")
            .refused("links", "not supported: services of an app find each other by name; a further name is networks.NAME.aliases there")
            .refused("external_links", "not supported: put both into one network with 'external: true'")
            .refused("privileged", "not supported: write what it needs, such as 'cap_add'")
            .refused("tty", "not supported: a service has no terminal; 'reeve exec' has one")
            .refused("stdin_open", "not supported: a service has no terminal; 'reeve exec' has one")
            .refused("volumes_from", "not supported: name the volumes in both services")
            .refused("memswap_limit", "not supported: 'mem_limit' limits memory")
            .refused("mem_reservation", "not supported: 'mem_limit' limits memory")
            .refused("cpu_shares", "not supported: 'cpus' limits processors")
            .later("""
            annotations attach blkio_config cgroup cgroup_parent cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
            cpuset credential_spec develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts gpus ipc isolation
            label_file mac_address mem_swappiness models oom_kill_disable oom_score_adj pid platform provider pull_refresh_after runtime
            storage_opt use_api_socket userns_mode uts""");

    private ServiceKeys() {}
}
