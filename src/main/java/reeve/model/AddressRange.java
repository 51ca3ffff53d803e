package reeve.model;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/// Neighbouring IP addresses, as in `10.0.0.0/8` or `fd00::/8`. IPv4 addresses within IPv6 (`::ffff:10.0.0.1`) count as IPv4.
/// @param first the first address; the bits behind the prefix are zero
/// @param bits  of the prefix
public record AddressRange(InetAddress first, int bits) {

    public AddressRange {
        byte[] address = first.getAddress();
        if (bits < 0 || bits > address.length * 8) {
            throw new IllegalArgumentException("cannot read " + first.getHostAddress() + "/" + bits + ": there are not so many bits");
        }
        for (int i = bits; i < address.length * 8; i++) {
            if ((address[i / 8] >> 7 - i % 8 & 1) != 0) {
                throw new IllegalArgumentException("cannot read " + first.getHostAddress() + "/" + bits
                        + ": bits behind the prefix are set");
            }
        }
    }

    /// @param text an address, or an address and the number of bits that count
    /// @throws IllegalArgumentException that says what is wrong
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        InetAddress first = address(address)
                .orElseThrow(() -> new IllegalArgumentException("cannot read " + text + ": it is no IP address or range"));
        String bits = slash < 0 ? String.valueOf(first.getAddress().length * 8) : text.substring(slash + 1);
        if (!bits.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("cannot read " + text + ": it is no IP address or range");
        }
        return new AddressRange(first, Integer.parseInt(bits));
    }

    /// Reads an address in its usual form; never asks for a name.
    public static Optional<InetAddress> address(String text) {
        boolean v4 = text.matches("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
        boolean v6 = text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:.]{2,45}");
        if (!v4 && !v6) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // looked like one only
        }
    }

    public boolean contains(InetAddress address) {
        byte[] its = address.getAddress();
        byte[] mine = first.getAddress();
        if (its.length != mine.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(its, 0, whole, mine, 0, whole) && (rest == 0 || (its[whole] ^ mine[whole]) >> 8 - rest == 0);
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + bits;
    }
}
