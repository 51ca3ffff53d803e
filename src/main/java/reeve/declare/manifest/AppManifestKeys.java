package reeve.declare.manifest;

/// The keys of a manifest of the AppManifest form, which declares one container.
final class AppManifestKeys {
    private static final String FOR_PEOPLE = "for people";

    static final KeyTable BODY = KeyTable.of("AppManifest")
            .key("id", "needed", "the app's name, and its service's")
            .key("name", "needed", "for people; the label `app.name`")
            .key("version", "needed", "the app's version; the label `app.version`")
            .key("description", "", FOR_PEOPLE)
            .key("category", "", FOR_PEOPLE)
            .key("upstream", "", FOR_PEOPLE)
            .key("metadata", "", FOR_PEOPLE)
            .key("container", "needed", "`{image, build, pull_policy, network, derived_env, secret_env, generated_secrets}`")
            .key("dependencies", "none", "list of `{app_id}` and `{storage}`; warned of: Reeve neither waits for other apps nor reserves "
                    + "disk")
            .key("resources", "none", "`{memory_limit, cpu_limit, disk}`; a `disk` is warned of")
            .key("security", "none", "`{capabilities, readonly_root, no_new_privileges, network_policy}`")
            .key("ports", "none", "list of `{host, container, protocol, bind, auth, auth_rationale}`")
            .key("volumes", "none", "list of `{type, source, target, options}`, with the type `bind`, `volume` or `tmpfs`")
            .key("environment", "none", "list of `NAME=value`, as it stands: there are no variables")
            .key("hooks", "none", "`{post_install: [{copy_from_host: {src, dest}}]}`: the file is seen at `dest`, read-only, in each "
                    + "container")
            .key("health_check", "none", "`{type, endpoint, path, interval, timeout, retries}`, with the type `http` or `tcp`")
            .key("interfaces", "none", "`{main: {name, type, port, protocol, path}}`; `main.port` is the one that is probed, where no "
                    + "other is known")
            .refused("x-reeve", "not supported in this form: write a manifest with 'services'");

    static final KeyTable ROOT = BODY.key("app", "", "all of the above, or some of it");

    static final KeyTable CONTAINER = KeyTable.of("AppManifest container")
            .key("image", "", "needed where there is no `build`")
            .key("build", "", "as in a service")
            .key("pull_policy", "`missing`", "`if-not-present`, `always`, `missing`, `never`, `build`")
            .key("network", "the app's own", "name at the runtime, made where it is not there and shared with whoever names it; or `host`")
            .key("derived_env", "none", "list of `{key, template}`: variables in which `{{HOST_IP}}`, `{{HOST_MDNS}}`, `{{DISK_GB}}` and "
                    + "`{{BITCOIN_HOST}}` are filled in by the node")
            .key("secret_env", "none", "list of `{key, secret}`: variables that hold a secret, one of `generated_secrets` or a file")
            .key("generated_secrets", "none", "list of names, or `{name, bytes}`: made at random when first needed, 32 bytes as "
                    + "hexadecimal digits");

    static final KeyTable DERIVED = KeyTable.of("derived_env").key("key", "", "").key("template", "", "");
    static final KeyTable SECRET = KeyTable.of("secret_env").key("key", "", "").key("secret", "", "").key("secret_file", "", "");
    static final KeyTable GENERATED = KeyTable.of("generated_secrets").key("name", "", "").key("bytes", "", "")
            .later("kind length");
    static final KeyTable DEPENDENCY = KeyTable.of("dependencies").key("app_id", "", "").key("storage", "", "");
    static final KeyTable RESOURCES = KeyTable.of("AppManifest resources").key("memory_limit", "", "").key("cpu_limit", "", "")
            .key("disk", "", "");

    static final KeyTable SECURITY = KeyTable.of("AppManifest security")
            .key("capabilities", "the runtime's", "all that it has; it loses every other")
            .key("readonly_root", "`false`", "whether its file system is read-only, but for volumes")
            .key("no_new_privileges", "`false`", "whether it can gain none")
            .key("network_policy", "`isolated`", "`isolated` and `bridge`: the network of `container.network`; `host`, `none`");

    static final KeyTable PORT = KeyTable.of("AppManifest port")
            .key("host", "", "port of this machine; without it any free one")
            .key("container", "", "port inside the container")
            .key("protocol", "", "`tcp` (without it) or `udp`")
            .key("bind", "", "address of this machine; without it all, or 127.0.0.1 where `auth` is `gated` or `local`")
            .key("auth", "", "`open` (without it), `local`, or `gated`, which is warned of: Reeve's proxy asks nobody who they are")
            .key("auth_rationale", "", FOR_PEOPLE);
    static final KeyTable VOLUME = KeyTable.of("AppManifest volume").key("type", "", "").key("source", "", "").key("target", "", "")
            .key("options", "", "");
    static final KeyTable HOOKS = KeyTable.of("AppManifest hooks").key("post_install", "", "").later("pre_install post_start pre_stop");
    static final KeyTable HOOK = KeyTable.of("post_install").key("copy_from_host", "", "").later("exec run");
    static final KeyTable COPY = KeyTable.of("copy_from_host").key("src", "", "").key("dest", "", "");
    static final KeyTable HEALTH = KeyTable.of("health_check").key("type", "", "").key("endpoint", "", "").key("path", "", "")
            .key("interval", "", "").key("timeout", "", "").key("retries", "", "").later("start_period");
    static final KeyTable INTERFACE = KeyTable.of("interfaces").key("name", "", "").key("type", "", "").key("port", "", "")
            .key("protocol", "", "").key("path", "", "").key("description", "", "");

    private AppManifestKeys() {}
}
