package reeve.declare.manifest;

/// The keys of an app, besides those of its services.
final class AppKeys {
    static final KeyTable OWN = KeyTable.of("x-reeve")
            .key("routes", "", "external backends and redirects: `{host, path, to: \"http://HOST:PORT\"}`");

    static final KeyTable TOP = KeyTable.of("app")
            .key("name", "", "lower case letters, digits, `-`, `_`. Without it `COMPOSE_PROJECT_NAME`, else the folder's name as Compose "
                    + "normalises it")
            .key("services", "", "at most 1,000, by name")
            .and(OWN)
            .key("volumes", "", "that containers share and that outlive them, by name")
            .key("networks", "", "on which containers find each other by name; without any they share `default`, called `APP_default`")
            .key("configs", "", "files that containers see, by name: `NAME: {file: PATH}`")
            .key("secrets", "", "what services must know and nobody else, by name: `NAME: {file: PATH}`")
            .key("version", "", "obsolete; warned of and not looked at")
            .key("x-reeve", "", "may hold `routes`; every other `x-…` is passed over")
            .refused("include", "not supported: give each file with its own -f, or copy its services here")
            .refused("models", "not supported");

    static final KeyTable EXTERNAL_ROUTE = KeyTable.of("external route")
            .and(PartKeys.COVERS)
            .key("to", "", "`http://HOST:PORT`; this, `redirect` or `files`")
            .key("files", "", "a folder, or `{from, index, fallback}`: its files answer")
            .key("redirect", "", "a URL, or `{to, status}`: where clients are sent instead");

    static final KeyTable VOLUME = KeyTable.of("volume")
            .key("name", "`APP_KEY`", "its name at the runtime")
            .key("external", "`false`", "not the app's: it must be there, and is never made or removed")
            .key("driver", "`local`", "`local`")
            .key("driver_opts", "none", "options of its driver, such as `{type: nfs, o: …, device: …}`")
            .key("labels", "none", "mapping, or list of `NAME=value`");

    static final KeyTable NETWORK = KeyTable.of("network")
            .key("name", "`APP_KEY`", "its name at the runtime")
            .key("external", "`false`", "not the app's: it must be there, and is never made or removed")
            .key("driver", "`bridge`", "`bridge`")
            .key("internal", "`false`", "without a way out")
            .key("attachable", "`true`", "`true`: other containers can always join")
            .key("labels", "none", "mapping, or list of `NAME=value`")
            .later("driver_opts enable_ipv4 enable_ipv6 ipam");

    static final KeyTable SECRET = KeyTable.of("secret")
            .key("file", "", "path of this machine, readable by Reeve; read at each start, one final line feed does not count")
            .key("name", "", "not looked at: the secret goes by its key")
            .refused("environment", "not supported: what a secret holds would have to be sent and kept; write 'file'")
            .refused("external", "not supported: write 'file'")
            .later("driver driver_opts labels template_driver");

    static final KeyTable CONFIG = KeyTable.of("config")
            .key("file", "", "path of this machine")
            .key("name", "", "not looked at: the file goes by its key")
            .refused("external", "not supported: write 'file'")
            .later("content environment labels template_driver");

    /// `external: {name: …}`, as it was written once.
    static final KeyTable EXTERNAL = KeyTable.of("external").key("name", "", "its name at the runtime");

    private AppKeys() {}
}
