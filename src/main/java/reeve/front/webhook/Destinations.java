package reeve.front.webhook;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import reeve.model.Address;

/// Where nothing is sent, whatever a URL says: judged by the address that is connected to, after names were looked up.
///
/// Link-local addresses, where clouds keep the credentials of machines; addresses that mean no one machine; and this node's own API, which
/// would trust whoever reaches it from here.
final class Destinations {
    /// Where one cloud keeps them in IPv6.
    private static final byte[] AWS_METADATA = HexFormat.of().parseHex("fd000ec2000000000000000000000254");
    private static final int IPV4_IN_IPV6 = 12;
    private static final byte[] NAT64 = HexFormat.of().parseHex("0064ff9b0000000000000000");

    private final Supplier<Optional<Address>> admin;

    Destinations(Supplier<Optional<Address>> admin) {
        this.admin = admin;
    }

    /// @return the addresses that may be connected to, in the order of the system's preference
    /// @throws IOException where there is none, saying why
    List<InetAddress> of(String host, int port) throws IOException {
        InetAddress[] all;
        try {
            all = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("no address is known for " + host, e);
        }
        return Arrays.stream(all).filter(address -> denied(address, port).isEmpty()).toList();
    }

    Optional<String> denied(InetAddress address, int port) {
        InetAddress meant = embedded(address);
        if (meant.isLinkLocalAddress() || Arrays.equals(meant.getAddress(), AWS_METADATA)) {
            return Optional.of("it is link-local, where machines keep credentials");
        }
        if (meant.isAnyLocalAddress() || meant.isMulticastAddress()) {
            return Optional.of("it is no single machine's");
        }
        return admin.get().filter(own -> own.port() == port && isHere(meant)).map(_ -> "it is this node's own API");
    }

    /// IPv4 as NAT64 writes it in IPv6 (RFC 6052).
    private static InetAddress embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (!(address instanceof Inet6Address) || !Arrays.equals(bytes, 0, IPV4_IN_IPV6, NAT64, 0, IPV4_IN_IPV6)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, IPV4_IN_IPV6, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return true; // nobody can tell, so nothing is sent
        }
    }
}
