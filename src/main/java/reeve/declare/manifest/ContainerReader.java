package reeve.declare.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.ServiceName;
import reeve.model.Template;
import reeve.model.Workload;
import reeve.model.Workload.Container;

/// Reads what makes a service a container.
final class ContainerReader {
    static final String HOST_NETWORK = "host";

    private final Scope scope;
    private final CommandReader commands;
    private final EnvironmentReader environments;
    private final ImageReader images;

    ContainerReader(Scope scope) {
        this.scope = scope;
        this.commands = new CommandReader(scope.templates());
        this.environments = new EnvironmentReader(scope);
        this.images = new ImageReader(scope);
    }

    /// @param fixedPort what `${port}` is; 0 where Reeve picks the port of this machine that leads into the container
    /// @param temporary folders in memory besides `tmpfs`: path → options
    record Read(Container container, int fixedPort, Map<String, String> temporary) {}

    /// @param own       Reeve's keys
    /// @param givenPort the port in its routes and checks; 0 where they give none
    Read read(ServiceName name, Value service, Fields fields, Map<String, Value> own, int givenPort) {
        MountReader.Mounts mounts = new MountReader(scope).read(fields.get("volumes"), fields.get("configs"));
        List<Workload.PublishedPort> published = fields.get("ports").map(PortReader::published).orElse(List.of());
        List<Integer> exposed = fields.get("expose").map(PortReader::exposed).orElse(List.of());
        List<Workload.Attachment> networks =
                new AttachmentReader(scope.declared()).read(fields.get("networks"), fields.get("network_mode"), containerName(fields));
        boolean onHost = networks.stream().anyMatch(attachment -> attachment.network().equals(HOST_NETWORK));
        int port = port(givenPort, exposed, published);
        var container = new Container(
                images.read(name, service, fields, Optional.ofNullable(own.get("image_archive"))),
                entrypoint(fields),
                fields.get("command").map(commands::read).orElse(List.of()),
                fields.get("working_dir").flatMap(value -> value.text(Scope::inside)),
                onHost ? 0 : port,
                published,
                mounts.mounts(),
                networks,
                fields.get("hostname").flatMap(value -> value.text(ContainerReader::hostName)),
                fields.get("extra_hosts").map(this::extraHosts).orElse(Map.of()),
                fields.get("sysctls").map(environments::labels).orElse(Map.of()),
                fields.get("init").flatMap(Value::truth).orElse(false));
        if (!published.isEmpty() && fields.has("network_mode")) {
            fields.get("ports").orElseThrow().wrongKey("cannot publish ports with 'network_mode'");
        }
        var temporary = new LinkedHashMap<>(mounts.temporary());
        fields.get("shm_size").flatMap(size -> size.size(1)).ifPresent(size -> temporary.put("/dev/shm", "size=" + size));
        return new Read(container, onHost ? port : 0, temporary);
    }

    private Optional<List<Template>> entrypoint(Fields fields) {
        return fields.get("entrypoint").map(commands::read);
    }

    /// A name that is on record as the container's would clash with what Reeve needs to know it by.
    private static Optional<String> containerName(Fields fields) {
        return fields.get("container_name").flatMap(value -> {
            value.warn("is not what the runtime calls the container, since Reeve names its containers itself; "
                    + "other services find it by this name");
            return value.text(ContainerReader::hostName);
        });
    }

    /// What its routes say; else its one exposed port; else the one that is published. 0 where that does not tell.
    private static int port(int givenPort, List<Integer> exposed, List<Workload.PublishedPort> published) {
        List<Integer> candidates = !exposed.isEmpty() ? exposed : published.stream().filter(port -> port.protocol().equals("tcp"))
                .map(Workload.PublishedPort::container).distinct().toList();
        return givenPort != 0 ? givenPort : candidates.size() == 1 ? candidates.getFirst() : 0;
    }

    static String hostName(String text) {
        if (!text.matches("[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "' as a host name: allowed are letters, digits, '-', '_' and '.', at most 63 characters");
        }
        return text;
    }

    private Map<String, String> extraHosts(Value value) {
        var hosts = new LinkedHashMap<String, String>();
        for (Value item : value.isMapping() ? value.entries() : value.items()) {
            item.text().ifPresent(text -> {
                int sign = value.isMapping() ? -1 : text.indexOf('=') > 0 ? text.indexOf('=') : text.indexOf(':');
                String name = value.isMapping() ? item.name() : text.substring(0, Math.max(0, sign));
                String address = text.substring(sign + 1).replaceAll("^\\[|]$", "");
                if (name.isEmpty() || !address.matches("host-gateway|[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                    item.wrong("cannot read '" + Value.cut(text) + "': allowed is NAME:ADDRESS, with an IP address or host-gateway");
                } else {
                    hosts.put(name, address);
                }
            });
        }
        return hosts;
    }
}
