package reeve.declare.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Healthcheck;
import reeve.model.Workload.PublishedPort;

/// Reads `ports`, `health_check` and `interfaces` of a manifest of the AppManifest form.
/// @param main the port inside the container that is probed; 0 for none
record AppManifestPorts(List<PublishedPort> published, int main, Healthcheck healthcheck) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern ENDPOINT =
            Pattern.compile("(?:(?<scheme>[a-z]+)://)?(?<host>[A-Za-z0-9._-]*)(?::(?<port>[0-9]{1,5}))?(?<path>/.*)?");
    private static final List<String> LOCAL = List.of("", "localhost", LOOPBACK, "0.0.0.0");

    static AppManifestPorts read(Optional<Value> ports, Optional<Value> health, Optional<Value> interfaces) {
        var published = new ArrayList<PublishedPort>();
        var taken = new HashSet<String>();
        for (Value item : ports.map(Value::items).orElse(List.of())) {
            port(item).ifPresent(port -> {
                if (port.host() != 0 && !taken.add(port.address() + " " + port.host() + " " + port.protocol())) {
                    item.wrong("given twice: port " + port.host() + " of this machine");
                }
                published.add(port);
            });
            if (PortReader.tooMany(item, published)) {
                break;
            }
        }
        int interfacePort = 0;
        for (Value entry : interfaces.map(Value::entries).orElse(List.of())) {
            Fields fields = entry.fields(AppManifestKeys.INTERFACE.keys());
            Stream.of("name", "type", "protocol", "path", "description").forEach(key -> fields.get(key).ifPresent(Value::text));
            int port = fields.get("port").flatMap(number -> number.number(1, 65535)).orElse(0);
            interfacePort = entry.name().equals("main") ? inside(port, published) : interfacePort;
        }
        Optional<Asked> asked = health.flatMap(AppManifestPorts::asked);
        List<Integer> tcp = published.stream().filter(port -> port.protocol().equals("tcp")).map(PublishedPort::container).distinct()
                .toList();
        int probed = asked.map(found -> inside(found.port, published)).orElse(0);
        int main = probed != 0 ? probed : interfacePort != 0 ? interfacePort : tcp.size() == 1 ? tcp.getFirst() : 0;
        if (asked.isPresent() && main == 0 && asked.get().whole) {
            health.orElseThrow().wrong("cannot tell which port is asked: write it in 'endpoint', such as http://localhost:8080");
        }
        return new AppManifestPorts(published, main, asked.map(Asked::check).orElse(Healthcheck.of(new Healthcheck.None())));
    }

    private static Optional<PublishedPort> port(Value item) {
        Fields fields = item.fields(AppManifestKeys.PORT.keys());
        if (item.isMapping() && fields.lacks("container")) {
            item.wrong("needs 'container': the port inside it");
        }
        fields.get("auth_rationale").ifPresent(Value::text);
        String auth = fields.get("auth").flatMap(word -> word.word(List.of("open", "gated", "local"), text -> text)).orElse("open");
        String bind = fields.get("bind").flatMap(value -> value.text(PortReader::address)).orElse(auth.equals("open") ? "" : LOOPBACK);
        if (!auth.equals("open") && !bind.startsWith("127.") && !bind.equals("::1")) {
            fields.get("bind").orElse(item).wrong("cannot bind to " + bind + " with auth: " + auth + "; allowed is " + LOOPBACK);
        }
        if (auth.equals("gated")) {
            fields.get("auth").orElseThrow().warn("is published on " + bind + " only: put a proxy before it that asks who comes");
        }
        String protocol = fields.get("protocol").flatMap(word -> word.word(List.of("tcp", "udp"), text -> text)).orElse("tcp");
        int host = fields.get("host").flatMap(number -> number.number(1, 65535)).orElse(0);
        return fields.get("container").flatMap(number -> number.number(1, 65535))
                .map(inside -> new PublishedPort(bind, host, inside, protocol));
    }

    /// A port of this machine stands for the one that it leads to.
    private static int inside(int port, List<PublishedPort> published) {
        boolean known = published.stream().anyMatch(other -> other.container() == port);
        return known ? port : published.stream().filter(other -> other.host() == port).map(PublishedPort::container).findFirst()
                .orElse(port);
    }

    /// @param port  0 where it is not said
    /// @param whole whether all of it could be read
    private record Asked(Healthcheck check, int port, boolean whole) {}

    private static Optional<Asked> asked(Value value) {
        int errorsBefore = value.errorCount();
        Fields fields = value.fields(AppManifestKeys.HEALTH.keys());
        if (value.isMapping() && fields.lacks("type")) {
            value.wrong("needs 'type': http or tcp");
        }
        Optional<String> type = fields.get("type").flatMap(word -> word.word(List.of("http", "tcp"), text -> text));
        Optional<Matcher> endpoint = fields.get("endpoint").flatMap(given -> given.text(AppManifestPorts::endpoint));
        int port = endpoint.map(found -> found.group("port")).map(Integer::parseInt).orElse(0);
        String inUrl = endpoint.map(found -> found.group("path")).orElse("/");
        String path = fields.get("path").flatMap(HealthcheckReader::path).orElse(inUrl);
        Duration least = Duration.ofMillis(1);
        Healthcheck.Probe probe = type.equals(Optional.of("http")) ? new Healthcheck.Http(path) : new Healthcheck.Tcp();
        var check = new Healthcheck(probe,
                fields.get("interval").flatMap(length -> length.duration(least)).orElse(Healthcheck.DEFAULT_INTERVAL),
                fields.get("timeout").flatMap(length -> length.duration(least)).orElse(Healthcheck.DEFAULT_TIMEOUT),
                fields.get("retries").flatMap(number -> number.number(1, 1000)).orElse(Healthcheck.DEFAULT_RETRIES),
                Healthcheck.DEFAULT_START_PERIOD);
        return type.map(_ -> new Asked(check, port, value.errorCount() == errorsBefore));
    }

    private static Matcher endpoint(String text) {
        Matcher endpoint = ENDPOINT.matcher(text);
        boolean fits = endpoint.matches() && LOCAL.contains(endpoint.group("host"))
                && List.of("http", "tcp", "").contains(Optional.ofNullable(endpoint.group("scheme")).orElse(""))
                && Integer.parseInt(Optional.ofNullable(endpoint.group("port")).orElse("0")) <= 65535;
        if (!fits) {
            throw new IllegalArgumentException("cannot probe '" + Value.cut(text) + "': allowed is such as http://localhost:8080/healthz");
        }
        return endpoint;
    }
}
