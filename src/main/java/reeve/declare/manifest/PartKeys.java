package reeve.declare.manifest;

/// The keys of the mappings inside a service.
final class PartKeys {
    static final KeyTable BUILD = KeyTable.of("build")
            .key("context", "the manifest's folder", "folder that the build sees")
            .key("dockerfile", "`Dockerfile`", "relative to the context")
            .key("args", "none", "mapping, or list of `NAME=value`; a name without a value gets the caller's")
            .key("target", "the last", "stage")
            .later("""
            additional_contexts cache_from cache_to dockerfile_inline entitlements extra_hosts isolation labels network no_cache platforms
            privileged provenance pull sbom secrets shm_size ssh tags ulimits""");

    static final KeyTable PORT = KeyTable.of("port")
            .key("target", "", "port or range inside the container")
            .key("published", "", "port or range of this machine; without it any free one")
            .key("host_ip", "", "address of this machine; without it all")
            .key("protocol", "", "`tcp` (without it) or `udp`")
            .key("mode", "", "`host` or `ingress`, which are the same here")
            .key("name", "", "for people")
            .later("app_protocol");

    static final KeyTable MOUNT = KeyTable.of("mount")
            .key("type", "", "`volume`, `bind` or `tmpfs`")
            .key("source", "", "volume of the app, or path of this machine; no source for an anonymous volume")
            .key("target", "", "absolute path inside the container")
            .key("read_only", "", "`true` where it cannot be written")
            .key("bind", "", "`{create_host_path}`: whether a folder is made where nothing is, `true` where it is left out")
            .key("tmpfs", "", "`{size, mode}`")
            .key("volume", "", "nothing in it is supported")
            .refused("consistency", "not supported, and has no effect on Linux: leave it out")
            .later("image");
    static final KeyTable BIND = KeyTable.of("bind").key("create_host_path", "", "").later("propagation selinux recursive");
    static final KeyTable TMPFS = KeyTable.of("tmpfs").key("size", "", "").key("mode", "", "");
    static final KeyTable VOLUME = KeyTable.of("mount volume").later("nocopy subpath labels");

    static final KeyTable CONFIG_USE = KeyTable.of("config use")
            .key("source", "", "key of the app's configs")
            .key("target", "", "absolute path inside the container; without it `/SOURCE`")
            .refused("uid", "not supported: the file is seen as it is")
            .refused("gid", "not supported: the file is seen as it is")
            .refused("mode", "not supported: the file is seen as it is, read-only");

    static final KeyTable ATTACHMENT = KeyTable.of("attachment")
            .key("aliases", "", "further names it has there")
            .key("priority", "", "of two, the network with the higher one comes first")
            .later("driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address");

    static final KeyTable HEALTHCHECK = KeyTable.of("healthcheck")
            .key("test", "", "Compose's: `[\"CMD\", …]`, `[\"CMD-SHELL\", \"…\"]`, a text for `/bin/sh -c`, `[\"NONE\"]`; "
                    + "in a container it runs inside")
            .key("http", "", "path on the service's port; 200 to 399 is well")
            .key("tcp", "", "`true`: the service's port accepts a connection")
            .key("port", "none", "with `http` or `tcp`, the port that the service listens on, as `route.port`: for one that has no route")
            .key("interval", "`10s`", "from the end of one probe to the start of the next")
            .key("timeout", "`5s`", "a probe that takes longer has failed")
            .key("retries", "3", "so many failures in a row make an instance unhealthy")
            .key("start_period", "`30s`", "failures within it do not count while the instance has not been well yet")
            .key("disable", "`false`", "no check at all")
            .refused("start_interval",
            "not supported yet: while a service starts, it is probed every 5 ms at first and then less and less often, up to 'interval'");

    static final KeyTable DEPENDENCY = KeyTable.of("dependency")
            .key("condition", "", "`service_started` (without it), `service_healthy`, `service_completed_successfully`")
            .key("required", "", "`false`: it does not hold this service back when it is disabled, stopped, or fails to start")
            .later("restart");

    static final KeyTable DEPLOY = KeyTable.of("deploy")
            .key("replicas", "", "how many instances, 0 to 1,000")
            .key("mode", "", "`replicated`")
            .key("resources", "", "`{limits: {cpus, memory, pids}}`, as `cpus`, `mem_limit` and `pids_limit`")
            .key("restart_policy", "", "`{condition, max_attempts, window}`, instead of `restart`")
            .key("update_config", "", "`{order}`: `start-first` or `stop-first`; without it the new instance starts first where two can "
                    + "run")
            .later("endpoint_mode labels placement rollback_config");
    static final KeyTable RESOURCES = KeyTable.of("resources").key("limits", "", "").refused("reservations",
            "not supported: Reeve chooses no node for a service; write 'limits'");
    static final KeyTable LIMITS = KeyTable.of("limits").key("cpus", "", "").key("memory", "", "").key("pids", "", "").later("devices");
    static final KeyTable RESTART_POLICY = KeyTable.of("restart policy")
            .key("condition", "", "`any` (without it), `on-failure`, `none`")
            .key("max_attempts", "", "with `on-failure`: so many in a row, then it is `failed`")
            .key("window", "", "a run that stays up this long ends the row; `start_limits.window`")
            .refused("delay", "not supported: Reeve waits longer after each failure by itself");
    static final KeyTable UPDATE_CONFIG = KeyTable.of("update").key("order", "", "").later("delay failure_action max_failure_ratio monitor "
            + "parallelism");

    static final KeyTable ENV_FILE = KeyTable.of("env_file")
            .key("path", "", "relative to the manifest's folder")
            .key("required", "", "`false`: it may be absent")
            .key("format", "", "`compose` (without it) or `ic`");
    static final KeyTable SECRET_USE = KeyTable.of("secret use")
            .key("source", "", "key of the app's secrets")
            .key("target", "", "name of the file, or in a container its path in `/run/secrets`; without it the source")
            .refused("uid", "not supported: the file belongs to the program's user")
            .refused("gid", "not supported: the file belongs to the program's user")
            .refused("mode", "not supported: the file has mode 0400");
    static final KeyTable SECRET_VALUE = KeyTable.of("secret value").key("secret", "", "key of the app's secrets");
    static final KeyTable ULIMIT = KeyTable.of("ulimit").key("soft", "", "").key("hard", "", "");
    static final KeyTable LOGGING = KeyTable.of("logging").key("driver", "", "").key("options", "", "");
    static final KeyTable LOG_OPTIONS = KeyTable.of("log options").key("max-size", "", "").key("max-file", "", "")
            .later("compress env env-regex labels labels-regex tag mode max-buffer-size");
    static final KeyTable COMPOSE_HOOK = KeyTable.of("compose hook").key("command", "", "")
            .later("environment privileged user working_dir");

    /// Which requests a route takes, and what becomes of them on the way.
    static final KeyTable COVERS = KeyTable.of("route")
            .key("host", "needed", "a name, `*.suffix` (any name below it, however deep) or `*`")
            .key("path", "`/`", "starts with `/`; see `match`")
            .key("match", "`prefix`", "`prefix`: of whole segments, `/a` covers `/a/b`, not `/ab`; `exact`: that path alone; `regex`: "
                    + "in RE2's syntax, has to match the whole path")
            .key("methods", "any", "one or a list, such as `[GET, HEAD]`")
            .key("headers", "none", "`{NAME: VALUE}`, all of which a request has, to the letter; without a value any will do")
            .key("weight", "none", "share of the requests, where several routes for the same have one: a canary")
            .key("strip_prefix", "`false`", "whether the path goes to the backend without the prefix")
            .key("rewrite", "none", "takes the place of the prefix, or of the whole path with `exact` and `regex`, whose groups are "
                    + "`{1}` to `{9}`")
            .key("ambiguous_paths", "", "`refuse` or `pass` paths that can be read in more than one way; without it they are "
                    + "refused where the host has other routes beside this one")
            .key("access", "everybody", "who may use it: `{allow, deny, …}`")
            .and(TlsReader.KEYS)
            .and(EdgeReader.EDGE);
    static final KeyTable ROUTE = KeyTable.of("route").and(COVERS)
            .key("port", "none", "of a process: the fixed port it listens on; of a container: the port inside it");
    static final KeyTable REDIRECT = KeyTable.of("redirect")
            .key("to", "needed", "a URL with its host written down, or a path; `{host}`, `{path}`, `{rest}` (after the prefix) and "
                    + "`{query}` (with its `?`) are the request's")
            .key("status", "302", "301, 302, 303, 307 or 308");
    static final KeyTable SLEEP = KeyTable.of("sleep")
            .key("after", "needed", "how long without an open request")
            .key("how", "`freeze`", "`freeze` keeps its memory and wakes in milliseconds; `stop` ends it")
            .key("wake_timeout", "`30s`", "how long a request waits for the wake");
    static final KeyTable ONLY_ON = KeyTable.of("only_on").key("class", "", "").key("name", "", "").key("labels", "", "");
    static final KeyTable NOTIFY = KeyTable.of("notify")
            .key("ready", "`false`", "it counts as started only when it has sent `READY=1`")
            .key("watchdog", "none", "it must send `WATCHDOG=1` this often, else it is unhealthy");
    static final KeyTable START_LIMITS = KeyTable.of("start_limits")
            .key("crash", "any number", "so many ends in a row, then it is `failed`")
            .key("unhealthy", "any number", "so many restarts in a row because checks failed")
            .key("config", "any number", "so many starts in a row that could not be: no such program, user, file")
            .key("window", "`10s`", "a run that stays up this long ends the row");
    static final KeyTable HOOK = KeyTable.of("hooks")
            .key("run", "needed", "list or text, as `command`; with the service's environment, in a container inside it")
            .key("on", "needed", "`pre_start`, `post_start`, `pre_stop`, `post_stop`; a container has only the two in the middle")
            .key("when", "`each-create`", "`each-create`: at each start of each instance; `once`: once on this node, until it is changed")
            .key("timeout", "`60s`", "after which it is ended and has failed");
    static final KeyTable LOGS = KeyTable.of("logs")
            .key("size", "`20m`", "of one file; a longer one is put aside")
            .key("files", "3", "how many are kept, 1 to 100, the one written to among them")
            .key("age", "`720h`", "after which a file is put aside or removed");

    private PartKeys() {}
}
