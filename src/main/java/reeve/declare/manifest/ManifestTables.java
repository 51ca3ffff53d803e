package reeve.declare.manifest;

import java.util.List;

/// Every table of keys that the documentation shows, in its order.
final class ManifestTables {
    static final List<KeyTable> ALL = List.of(AppKeys.TOP, AppKeys.VOLUME, AppKeys.NETWORK, AppKeys.CONFIG, AppKeys.SECRET,
            AppKeys.EXTERNAL_ROUTE,
            ServiceKeys.SERVICE, PartKeys.HEALTHCHECK, PartKeys.ROUTE, AccessReader.ACCESS, AccessReader.RATE, IdentityReader.BASIC,
            IdentityReader.FORWARD, IdentityReader.CORS, EdgeReader.HEADERS, EdgeReader.ERROR_PAGES, EdgeReader.COMPRESS, EdgeReader.FILES,
            TlsReader.TLS, TlsReader.CLIENT_AUTH, BackendTlsReader.BACKEND_TLS, PartKeys.REDIRECT, BalanceReader.BALANCE,
            BalanceReader.EJECT, BalanceReader.TIMEOUTS, PartKeys.SLEEP, PartKeys.NOTIFY, PartKeys.START_LIMITS,
            PartKeys.HOOK, PartKeys.LOGS, PartKeys.DEPENDENCY, PartKeys.ENV_FILE, PartKeys.SECRET_USE, PartKeys.BUILD, PartKeys.PORT,
            PartKeys.MOUNT, PartKeys.CONFIG_USE, PartKeys.ATTACHMENT, PartKeys.DEPLOY, PartKeys.RESTART_POLICY,
            AppManifestKeys.BODY, AppManifestKeys.CONTAINER, AppManifestKeys.SECURITY, AppManifestKeys.PORT);
    private static final String END = "<!-- end -->\n";

    private ManifestTables() {}

    /// A page in which every table that stands between `<!-- keys: NAME -->` and `<!-- end -->` is made anew.
    /// @throws IllegalArgumentException when a table has no place in it
    static String into(String page) {
        String made = page;
        for (KeyTable table : ALL) {
            String start = "<!-- keys: " + table.id() + " -->\n";
            int from = made.indexOf(start) + start.length();
            int to = made.indexOf(END, from);
            if (from < start.length() || to < 0) {
                throw new IllegalArgumentException("cannot find the place of the table '" + table.id() + "'");
            }
            made = made.substring(0, from) + table.page() + made.substring(to);
        }
        return made;
    }
}
