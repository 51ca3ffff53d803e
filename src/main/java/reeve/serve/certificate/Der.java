package reeve.serve.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes, and where there is no way around it reads, ASN.1 in DER (ITU-T X.690): just what certificates and keys need.
final class Der {
    /// One element.
    record Element(int tag, byte[] content) {}

    private Der() {}

    static byte[] element(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                out.write(length >>> 8 * i);
            }
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return element(0x30, parts);
    }

    /// `[number] EXPLICIT`.
    static byte[] tagged(int number, byte[]... parts) {
        return element(0xA0 | number, parts);
    }

    static byte[] integer(BigInteger value) {
        return element(0x02, value.toByteArray());
    }

    static byte[] none() {
        return element(0x05);
    }

    static byte[] octets(byte[] content) {
        return element(0x04, content);
    }

    /// @param dotted `1.2.840.113549.1.1.1`
    static byte[] name(String dotted) {
        String[] arcs = dotted.split("\\.");
        var out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            int groups = Math.max(1, (32 - Integer.numberOfLeadingZeros(arc) + 6) / 7);
            for (int group = groups - 1; group >= 0; group--) {
                out.write((arc >>> 7 * group & 0x7F) | (group > 0 ? 0x80 : 0));
            }
        }
        return element(0x06, out.toByteArray());
    }

    /// The elements that lie one behind the other.
    /// @throws IllegalArgumentException where they are not whole
    static List<Element> read(byte[] bytes) {
        var elements = new ArrayList<Element>();
        int at = 0;
        while (at < bytes.length) {
            int tag = bytes[at] & 0xFF;
            int length = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0x100;
            at += 2;
            if (length > 0x80 && length <= 0x83) {
                int octets = length - 0x80;
                length = 0;
                for (int i = 0; i < octets && at < bytes.length; i++) {
                    length = length << 8 | bytes[at++] & 0xFF;
                }
            }
            if (length > bytes.length - at || length == 0x80) {
                throw new IllegalArgumentException("it is cut short");
            }
            elements.add(new Element(tag, Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        return elements;
    }
}
