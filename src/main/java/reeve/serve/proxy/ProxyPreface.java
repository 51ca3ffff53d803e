package reeve.serve.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reeve.model.AddressRange;

/// Reads the header of the PROXY protocol, version 1 or 2 (the text "The PROXY protocol" of HAProxy, 2020), strictly. Pure.
final class ProxyPreface {
    /// Of version 1, with its CR LF.
    private static final int MOST_TEXT = 107;
    /// Behind the sixteen fixed bytes of version 2: addresses, and extensions that are skipped.
    private static final int MOST_BINARY = 2048;
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final byte[] TEXT = Bytes.ascii("PROXY ");
    private static final int FIXED = 16;
    private static final Pattern LINE = Pattern.compile("PROXY TCP([46]) (\\S+) (\\S+) (0|[1-9]\\d{0,4}) (0|[1-9]\\d{0,4})");

    private ProxyPreface() {}

    /// What a look at the first bytes of a connection found.
    sealed interface Result {
        /// @param source who connected to the proxy in front; empty where it says nothing of that: then it speaks for itself
        /// @param length of the header in bytes
        record Read(Optional<InetSocketAddress> source, int length) implements Result {}

        record NeedMore() implements Result {}

        record Bad(String reason) implements Result {}
    }

    static Result read(byte[] bytes, int length) {
        if (startsLike(bytes, length, SIGNATURE)) {
            return length < FIXED ? new Result.NeedMore() : binary(bytes, length);
        }
        if (startsLike(bytes, length, TEXT)) {
            return text(bytes, length);
        }
        return new Result.Bad("the connection does not begin with a header of the PROXY protocol");
    }

    private static boolean startsLike(byte[] bytes, int length, byte[] expected) {
        int common = Math.min(length, expected.length);
        return Arrays.equals(bytes, 0, common, expected, 0, common);
    }

    private static Result text(byte[] bytes, int length) {
        int end = 0;
        while (end < Math.min(length, MOST_TEXT) && bytes[end] != '\n') {
            end++;
        }
        if (end == MOST_TEXT) {
            return new Result.Bad("the line of the PROXY protocol is too long");
        }
        if (end == length) {
            return new Result.NeedMore();
        }
        if (bytes[end - 1] != '\r') {
            return new Result.Bad("the line of the PROXY protocol does not end in CR LF");
        }
        String line = new String(bytes, 0, end - 1, StandardCharsets.ISO_8859_1);
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return new Result.Read(Optional.empty(), end + 1);
        }
        Optional<InetSocketAddress> source = source(LINE.matcher(line));
        return source.isEmpty() ? new Result.Bad("the line of the PROXY protocol is not valid") : new Result.Read(source, end + 1);
    }

    private static Optional<InetSocketAddress> source(Matcher line) {
        if (!line.matches()) {
            return Optional.empty();
        }
        boolean v6 = line.group(1).equals("6");
        boolean fits = (line.group(2).indexOf(':') >= 0) == v6 && (line.group(3).indexOf(':') >= 0) == v6;
        int port = Integer.parseInt(line.group(4));
        if (!fits || port > 65_535 || Integer.parseInt(line.group(5)) > 65_535 || AddressRange.address(line.group(3)).isEmpty()) {
            return Optional.empty();
        }
        return AddressRange.address(line.group(2)).map(address -> new InetSocketAddress(address, port));
    }

    private static Result binary(byte[] bytes, int length) {
        int command = bytes[12] & 0xff;
        int family = bytes[13] & 0xff;
        int rest = (bytes[14] & 0xff) << 8 | bytes[15] & 0xff;
        if (command != 0x20 && command != 0x21) {
            return new Result.Bad("the PROXY protocol is of another version, or of an unknown command");
        }
        if (rest > MOST_BINARY) {
            return new Result.Bad("the header of the PROXY protocol is larger than " + MOST_BINARY + " bytes");
        }
        if (length < FIXED + rest) {
            return new Result.NeedMore();
        }
        int whole = FIXED + rest;
        if (command == 0x20) { // LOCAL: the proxy in front asks for itself, as in a health check
            return new Result.Read(Optional.empty(), whole);
        }
        return switch (family) {
            case 0x11 -> source(bytes, 4, rest, whole);
            case 0x21 -> source(bytes, 16, rest, whole);
            case 0x00, 0x31 -> new Result.Read(Optional.empty(), whole); // unspecified, or a unix socket: no address to speak of
            default -> new Result.Bad("the PROXY protocol names a transport that carries no HTTP");
        };
    }

    private static Result source(byte[] bytes, int size, int rest, int whole) {
        if (rest < 2 * size + 4) {
            return new Result.Bad("the header of the PROXY protocol is too short for its addresses");
        }
        int portAt = FIXED + 2 * size;
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOfRange(bytes, FIXED, FIXED + size));
            int port = (bytes[portAt] & 0xff) << 8 | bytes[portAt + 1] & 0xff;
            return new Result.Read(Optional.of(new InetSocketAddress(address, port)), whole);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + size + " bytes is one", e);
        }
    }
}
