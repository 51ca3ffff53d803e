package reeve.declare.manifest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.Workload.PublishedPort;

/// Reads a container's `ports` and `expose`, both of which may be ranges.
final class PortReader {
    /// More ports of one container are refused.
    static final int MOST_PORTS = 1000;
    private static final String RANGES = "a port from 1 to 65535, or a range such as 3000-3005";
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern SHORT = Pattern.compile("(?:(?<address>\\[[0-9a-fA-F:.]+]|[0-9]+\\.[0-9.]+):)?(?:(?<host>[0-9-]*):)?"
            + "(?<container>[0-9-]+)(?:/(?<protocol>[a-z]+))?");

    private PortReader() {}

    /// @param first from 1
    private record Range(int first, int last) {
        int size() {
            return last - first + 1;
        }
    }

    static List<PublishedPort> published(Value value) {
        var ports = new ArrayList<PublishedPort>();
        for (Value item : value.items()) {
            ports.addAll(item.isMapping() ? mapping(item) : item.text(PortReader::text).orElse(List.of()));
            if (tooMany(value, ports)) {
                break;
            }
        }
        return ports;
    }

    /// The TCP ports, each once.
    static List<Integer> exposed(Value value) {
        var ports = new LinkedHashSet<Integer>();
        for (Value item : value.items()) {
            ports.addAll(item.text(PortReader::exposed).orElse(List.of()));
            if (tooMany(value, ports)) {
                break;
            }
        }
        return List.copyOf(ports);
    }

    static boolean tooMany(Value where, Collection<?> ports) {
        if (ports.size() > MOST_PORTS) {
            where.wrong("cannot use more than " + MOST_PORTS + " ports of one container");
        }
        return ports.size() > MOST_PORTS;
    }

    private static List<Integer> exposed(String text) {
        boolean udp = text.endsWith("/udp");
        Range range = range(udp || text.endsWith("/tcp") ? text.substring(0, text.length() - 4) : text);
        return udp ? List.of() : IntStream.rangeClosed(range.first, range.last).boxed().toList();
    }

    private static List<PublishedPort> text(String text) {
        Matcher port = SHORT.matcher(text);
        if (!port.matches()) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is [ADDRESS:][PORT:]PORT[/tcp|/udp]");
        }
        String address = Optional.ofNullable(port.group("address")).orElse("").replaceAll("[\\[\\]]", "");
        String host = Optional.ofNullable(port.group("host")).orElse("");
        String protocol = Optional.ofNullable(port.group("protocol")).orElse("tcp");
        if (!protocol.equals("tcp") && !protocol.equals("udp")) {
            throw new IllegalArgumentException("cannot publish a port for '" + protocol + "': allowed are tcp, udp");
        }
        return pairs(address, host, port.group("container"), protocol);
    }

    private static List<PublishedPort> mapping(Value item) {
        Fields fields = item.fields(PartKeys.PORT.keys());
        if (fields.lacks("target")) {
            item.wrong("needs 'target': the port inside the container");
        }
        fields.get("mode").ifPresent(mode -> mode.word(List.of("host", "ingress"), word -> word));
        fields.get("name").ifPresent(Value::text);
        String address = fields.get("host_ip").flatMap(value -> value.text(PortReader::address)).orElse("");
        String protocol = fields.get("protocol").flatMap(value -> value.word(List.of("tcp", "udp"), word -> word)).orElse("tcp");
        Optional<String> published = fields.has("published") ? fields.get("published").flatMap(Value::text) : Optional.of("");
        return published
                .flatMap(host -> fields.get("target").flatMap(target -> target.text(inside -> pairs(address, host, inside, protocol))))
                .orElse(List.of());
    }

    static String address(String text) {
        if (!text.matches("[0-9.]+|[0-9a-fA-F:.]+:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is an IP address");
        }
        return text;
    }

    private static List<PublishedPort> pairs(String address, String host, String inside, String protocol) {
        Range target = range(inside);
        if (host.isEmpty()) {
            return IntStream.rangeClosed(target.first, target.last)
                    .mapToObj(port -> new PublishedPort(address, 0, port, protocol)).toList();
        }
        Range published = range(host);
        if (published.size() != target.size()) {
            throw new IllegalArgumentException("cannot publish " + target.size() + " ports as " + published.size()
                    + ": allowed are ranges of one size");
        }
        return IntStream.range(0, target.size())
                .mapToObj(i -> new PublishedPort(address, published.first + i, target.first + i, protocol)).toList();
    }

    private static Range range(String text) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            int first = Integer.parseInt(range.group(1));
            int last = Optional.ofNullable(range.group(2)).map(Integer::parseInt).orElse(first);
            if (first >= 1 && last <= 65535 && first <= last) {
                if (last - first >= MOST_PORTS) {
                    throw new IllegalArgumentException("cannot use a range of " + (last - first + 1) + " ports: allowed are "
                            + MOST_PORTS);
                }
                return new Range(first, last);
            }
        }
        throw new IllegalArgumentException("cannot read '" + Value.cut(text) + "': allowed is " + RANGES);
    }
}
