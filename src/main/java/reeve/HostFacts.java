package reeve;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.NodeFacts;

/// Finds out what manifests of the AppManifest form may ask about the machine. Cheap: nothing is sent, no program is run.
final class HostFacts {
    /// Begin the names of interfaces that lead to containers and virtual machines of this machine.
    private static final List<String> VIRTUAL = List.of("podman", "docker", "br-", "cni", "veth", "virbr", "tun", "tap");
    private static final long GIGABYTE = 1_000_000_000L;

    private HostFacts() {}

    /// @param folder on the disk that is meant
    static Map<String, NodeFacts.Fact> of(Path folder) {
        String name = Main.hostName().replaceFirst("\\..*", "");
        return Map.of("HOST_IP", address(), "HOST_MDNS", new NodeFacts.Known(name + ".local"), "DISK_GB", disk(folder));
    }

    /// The first IPv4 address of the first interface that leads out.
    private static NodeFacts.Fact address() {
        try {
            Optional<String> address = NetworkInterface.networkInterfaces()
                    .filter(each -> VIRTUAL.stream().noneMatch(each.getName()::startsWith))
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                    .map(each -> String.valueOf(each.getHostAddress()))
                    .findFirst();
            return address.<NodeFacts.Fact>map(NodeFacts.Known::new)
                    .orElse(new NodeFacts.Missing("this machine has no address but its own; write it under 'values' in the configuration"));
        } catch (SocketException e) {
            return new NodeFacts.Unknown("cannot list network interfaces: " + e.getMessage());
        }
    }

    private static NodeFacts.Fact disk(Path folder) {
        try {
            Path existing = folder;
            while (!Files.exists(existing) && existing.getParent() != null) {
                existing = existing.getParent();
            }
            return new NodeFacts.Known(String.valueOf(Files.getFileStore(existing).getTotalSpace() / GIGABYTE));
        } catch (IOException e) {
            return new NodeFacts.Unknown("cannot ask for the size of the disk of " + folder + ": " + e.getMessage());
        }
    }
}
