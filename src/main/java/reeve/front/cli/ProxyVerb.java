package reeve.front.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import reeve.model.Address;

/// `proxy`: the data plane alone, fed by a node.
@Command(
        name = "proxy",
        description = "Run a proxy alone, which serves what a node tells it, in as many copies as wanted; it goes on while the node is "
                + "away.",
        footer = {"", "TERM ends it when its open requests have ended. See docs/roles.md."})
final class ProxyVerb implements Callable<Integer> {
    private final Surroundings around;

    @Option(names = "--node", paramLabel = "SOCKET|URL",
            description = "The node: its unix socket, or http://ADDR:PORT of its admin listener. Default: the node of this user here.")
    @Nullable
    String node;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Holds the node's token, where it is reached by URL.")
    @Nullable
    Path tokenFile;

    @Option(names = "--name", paramLabel = "NAME",
            description = "Of this proxy among those of the node; no two may have the same. Default: the machine's name and the pid.")
    @Nullable
    String name;

    @Option(names = "--http", paramLabel = "ADDR:PORT", description = "Where it listens; several proxies may listen on the same.")
    @Nullable
    String http;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Configuration: what a node's says of http, https, tls, proxy, access_log.")
    @Nullable
    Path config;

    @Option(names = "--print-config", description = "Print a commented configuration, and start nothing.")
    boolean printConfiguration;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    ProxyVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (printConfiguration) {
            around.out().print(around.server().proxyConfiguration());
            return 0;
        }
        try (NodeServer.Node proxy = around.server().proxy(new NodeServer.ProxyOptions(Optional.ofNullable(node),
                Optional.ofNullable(tokenFile).map(around::absolute), Optional.ofNullable(name),
                Optional.ofNullable(http).map(Address::parse),
                Optional.ofNullable(config).map(around::absolute))); var _ = around.interrupts().on(proxy::close)) {
            proxy.awaitEnd();
        }
        return 0;
    }
}
