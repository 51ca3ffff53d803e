package reeve.base.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What request and response heads have in common: the header section and what it says about framing and the connection.
/// Offsets point into the array given to `parse`, so a head is valid until that array changes or the head is used again.
/// Strings are made only where a caller asks for one. One thread.
public abstract sealed class Head permits RequestHead, ResponseHead {
    static final int NEED_MORE = -1;
    static final int BAD = -2;
    private static final int PER_HEADER = 4;
    private static final byte[] CHUNKED = Octets.ascii("chunked");
    private static final byte[] CLOSE = Octets.ascii("close");
    private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
    private static final byte[] UPGRADE = Octets.ascii("upgrade");
    private static final byte[] TE = Octets.ascii("te");
    private static final List<byte[]> OTHER_CODINGS =
            List.of(Octets.ascii("gzip"), Octets.ascii("x-gzip"), Octets.ascii("deflate"), Octets.ascii("compress"),
                    Octets.ascii("x-compress"));

    final HeadLimits limits;
    byte[] bytes = new byte[0];
    int start;
    int end;
    int minorVersion;
    long contentLength;
    boolean chunked;
    private int count;
    private int[] offsets = new int[32 * PER_HEADER];
    private KnownHeader[] known = new KnownHeader[32];
    private boolean transferEncoding;
    private boolean otherCoding;
    private boolean unknownCoding;
    private boolean close;
    private boolean keepAlive;
    private boolean upgradeListed;
    private boolean othersListed;
    private HeadResult.@Nullable Bad bad;

    Head(HeadLimits limits) {
        this.limits = limits;
    }

    /// Looks for a whole head at the start of a range. A head grows only by whole lines: a caller that was told
    /// `NEED_MORE` may wait for the next line feed before it looks again.
    /// @param bytes not changed while this head is in use
    /// @param from  first byte
    /// @param to    after the last received byte
    public final HeadResult parse(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        reset();
        int most = Math.min(to, from + limits.bytes());
        int at = start(from, most);
        if (at >= 0) {
            at = headers(at, most);
        }
        if (at >= 0) {
            end = at;
            return judge() ? HeadResult.Progress.COMPLETE : problem();
        }
        if (at == NEED_MORE) {
            return to - from < limits.bytes() ? HeadResult.Progress.NEED_MORE
                    : tooLarge("the head is larger than " + limits.bytes() + " bytes");
        }
        return problem();
    }

    /// Reads the start line.
    /// @return position after it, NEED_MORE or BAD
    abstract int start(int from, int to);

    /// Whether the whole head makes sense; where not, says so with [#bad].
    abstract boolean judge();

    abstract int status(int requestStatus);

    abstract void note(KnownHeader header, int valueFrom, int valueTo);

    void reset() {
        count = 0;
        contentLength = -1;
        chunked = false;
        transferEncoding = false;
        otherCoding = false;
        unknownCoding = false;
        close = false;
        keepAlive = false;
        upgradeListed = false;
        othersListed = false;
        bad = null;
    }

    final int bad(int requestStatus, String reason) {
        if (bad == null) {
            bad = new HeadResult.Bad(status(requestStatus), reason);
        }
        return BAD;
    }

    private HeadResult problem() {
        return bad == null ? new HeadResult.Bad(status(400), "the head is not valid") : bad;
    }

    private HeadResult tooLarge(String reason) {
        bad(431, reason);
        return problem();
    }

    /// @return position after the empty line, NEED_MORE or BAD
    private int headers(int from, int to) {
        byte[] b = bytes;
        int at = from;
        while (at < to) {
            if (b[at] == '\r') {
                return lineEnd(at, to);
            }
            int nameFrom = at;
            while (at < to && Octets.isPlain(b[at])) {
                at++;
            }
            boolean underscored = at < to && b[at] == '_';
            while (underscored && at < to && Octets.isToken(b[at])) {
                at++;
            }
            if (at == to) {
                return NEED_MORE;
            }
            if (b[at] != ':' || at == nameFrom) {
                return badName(b[at], nameFrom, at);
            }
            int nameTo = at++;
            while (at < to && Octets.isBlank(b[at])) {
                at++;
            }
            int valueFrom = at;
            while (at < to && Octets.isText(b[at])) {
                at++;
            }
            int next = lineEnd(at, to);
            if (next < 0) {
                return next;
            }
            int valueTo = at;
            while (valueTo > valueFrom && Octets.isBlank(b[valueTo - 1])) {
                valueTo--;
            }
            if (!add(underscored, nameFrom, nameTo, valueFrom, valueTo)) {
                return BAD;
            }
            at = next;
        }
        return NEED_MORE;
    }

    /// @return position after CR LF, NEED_MORE or BAD
    final int lineEnd(int at, int to) {
        if (at < to && bytes[at] != '\r') {
            return bad(400, bytes[at] == '\n' ? "a line ends in LF without CR" : "a line holds a control character");
        }
        if (at + 1 < to && bytes[at + 1] != '\n') {
            return bad(400, "a line holds CR without LF");
        }
        return at + 1 < to ? at + 2 : NEED_MORE;
    }

    private int badName(byte found, int from, int at) {
        if (at == from) {
            return bad(400, Octets.isBlank(found) ? "a header line starts with a space" : "a header line has no name");
        }
        return bad(400, Octets.isBlank(found) ? "a header name is followed by a space"
                : "a header name holds a character that is not allowed");
    }

    private boolean add(boolean underscored, int nameFrom, int nameTo, int valueFrom, int valueTo) {
        if (count == limits.headers()) {
            bad(431, "the head has more than " + limits.headers() + " header lines");
            return false;
        }
        if (count == known.length) {
            known = Arrays.copyOf(known, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2 * PER_HEADER);
        }
        KnownHeader header = KnownHeader.of(bytes, nameFrom, nameTo);
        known[count] = underscored && header == KnownHeader.OTHER ? KnownHeader.UNDERSCORED : header;
        int slot = count++ * PER_HEADER;
        offsets[slot] = nameFrom;
        offsets[slot + 1] = nameTo;
        offsets[slot + 2] = valueFrom;
        offsets[slot + 3] = valueTo;
        switch (header) {
            case CONTENT_LENGTH -> contentLength(valueFrom, valueTo);
            case TRANSFER_ENCODING -> transferEncoding(valueFrom, valueTo);
            case CONNECTION -> connection(valueFrom, valueTo);
            case HOST, KEEP_ALIVE, PROXY_CONNECTION, TE, TRAILER, UPGRADE, EXPECT, ACCEPT, DATE, HTTP2_SETTINGS, PROXY, FORWARDED,
                    X_REAL_IP, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_ACCEPT, VIA, MAX_FORWARDS, CLIENT_CERT, CLIENT_CERT_CHAIN,
                    X_CLIENT_CERTIFICATE_SUBJECT, X_FORWARDED, UNDERSCORE_TWIN, UNDERSCORED -> note(header, valueFrom, valueTo);
            case OTHER -> { }
        }
        return bad == null;
    }

    private void contentLength(int from, int to) {
        if (contentLength >= 0) {
            bad(400, "there is more than one Content-Length");
            return;
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || length > (Long.MAX_VALUE - digit) / 10) {
                bad(400, "Content-Length is not a number");
                return;
            }
            length = length * 10 + digit;
        }
        if (from == to) {
            bad(400, "Content-Length is empty");
            return;
        }
        contentLength = length;
    }

    private void transferEncoding(int from, int to) {
        transferEncoding = true;
        if (from == to || bytes[to - 1] == ',') {
            unknownCoding = true;
        }
        for (int at = from; at < to; at = afterElement(at, to) + 1) {
            int elementTo = trimEnd(at, afterElement(at, to));
            int elementFrom = trimStart(at, elementTo);
            if (chunked) {
                bad(400, "chunked is not the last transfer coding");
            } else if (Octets.equalsIgnoringCase(bytes, elementFrom, elementTo, CHUNKED)) {
                chunked = true;
            } else if (isOtherCoding(elementFrom, elementTo)) {
                otherCoding = true;
            } else {
                unknownCoding = true;
            }
        }
    }

    private boolean isOtherCoding(int from, int to) {
        return OTHER_CODINGS.stream().anyMatch(coding -> Octets.equalsIgnoringCase(bytes, from, to, coding));
    }

    private void connection(int from, int to) {
        for (int at = from; at < to; at = afterElement(at, to) + 1) {
            int elementTo = trimEnd(at, afterElement(at, to));
            int elementFrom = trimStart(at, elementTo);
            if (Octets.equalsIgnoringCase(bytes, elementFrom, elementTo, CLOSE)) {
                close = true;
            } else if (Octets.equalsIgnoringCase(bytes, elementFrom, elementTo, KEEP_ALIVE)) {
                keepAlive = true;
            } else if (Octets.equalsIgnoringCase(bytes, elementFrom, elementTo, UPGRADE)) {
                upgradeListed = true;
            } else if (elementFrom < elementTo && !Octets.equalsIgnoringCase(bytes, elementFrom, elementTo, TE)) {
                othersListed = true;
            }
        }
    }

    /// The framing rules that both directions share (RFC 9112 §6.1): together they would let two receivers disagree.
    final boolean framingIsClear() {
        if (!transferEncoding) {
            return true;
        }
        if (contentLength >= 0) {
            bad(400, "there are both Content-Length and Transfer-Encoding");
        } else if (minorVersion == 0) {
            bad(400, "HTTP/1.0 has no Transfer-Encoding");
        } else if (unknownCoding) {
            bad(501, "the transfer coding is not supported; only chunked is");
        } else if (!chunked) {
            bad(400, "chunked is not the last transfer coding");
        } else if (otherCoding) {
            bad(501, "the transfer coding is not supported; only chunked is");
        } else {
            return true;
        }
        return false;
    }

    private int afterElement(int at, int to) {
        int i = at;
        while (i < to && bytes[i] != ',') {
            i++;
        }
        return i;
    }

    private int trimStart(int from, int to) {
        int i = from;
        while (i < to && Octets.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    private int trimEnd(int from, int to) {
        int i = to;
        while (i > from && Octets.isBlank(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /// First byte of the start line; empty lines before it are skipped.
    public final int from() {
        return start;
    }

    /// After the empty line: where the body begins.
    public final int to() {
        return end;
    }

    /// 0 or 1.
    public final int minorVersion() {
        return minorVersion;
    }

    /// @return -1 where there is none
    public final long contentLength() {
        return contentLength;
    }

    /// Whether the sender can take another message on this connection (RFC 9112 §9.3).
    public final boolean keepsAlive() {
        return !close && (minorVersion == 1 || keepAlive);
    }

    /// Whether `Connection` lists `upgrade`.
    public final boolean upgradeListed() {
        return upgradeListed;
    }

    /// Whether `Connection` names fields that a forwarder has to look for and drop.
    public final boolean othersListed() {
        return othersListed;
    }

    /// Number of header lines.
    public final int count() {
        return count;
    }

    public final KnownHeader known(int index) {
        return known[index];
    }

    public final int nameFrom(int index) {
        return offsets[index * PER_HEADER];
    }

    public final int nameTo(int index) {
        return offsets[index * PER_HEADER + 1];
    }

    /// Without the blanks around the value.
    public final int valueFrom(int index) {
        return offsets[index * PER_HEADER + 2];
    }

    public final int valueTo(int index) {
        return offsets[index * PER_HEADER + 3];
    }

    /// Whether some `Connection` line lists the name of a header line.
    public final boolean listedInConnection(int index) {
        for (int i = 0; i < count; i++) {
            if (known[i] == KnownHeader.CONNECTION && lists(i, nameFrom(index), nameTo(index))) {
                return true;
            }
        }
        return false;
    }

    /// The elements of a header line that is a comma-separated list, empty ones left out.
    public final List<String> elements(int index) {
        var elements = new ArrayList<String>();
        int to = valueTo(index);
        for (int at = valueFrom(index); at < to; at = afterElement(at, to) + 1) {
            int elementTo = trimEnd(at, afterElement(at, to));
            int elementFrom = trimStart(at, elementTo);
            if (elementFrom < elementTo) {
                elements.add(Octets.string(bytes, elementFrom, elementTo));
            }
        }
        return elements;
    }

    private boolean lists(int connection, int nameFrom, int nameTo) {
        int to = valueTo(connection);
        for (int at = valueFrom(connection); at < to; at = afterElement(at, to) + 1) {
            int elementTo = trimEnd(at, afterElement(at, to));
            int elementFrom = trimStart(at, elementTo);
            if (elementTo - elementFrom == nameTo - nameFrom && sameName(elementFrom, nameFrom, nameTo - nameFrom)) {
                return true;
            }
        }
        return false;
    }

    private boolean sameName(int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if (Octets.lower(bytes[one + i]) != Octets.lower(bytes[other + i])) {
                return false;
            }
        }
        return true;
    }

    public final String name(int index) {
        return Octets.string(bytes, nameFrom(index), nameTo(index));
    }

    public final String value(int index) {
        return Octets.string(bytes, valueFrom(index), valueTo(index));
    }

    /// The first header of a name.
    /// @param name in any case
    public final Optional<String> header(String name) {
        byte[] lower = Octets.ascii(name.toLowerCase(Locale.ROOT));
        for (int i = 0; i < count; i++) {
            if (Octets.equalsIgnoringCase(bytes, nameFrom(i), nameTo(i), lower)) {
                return Optional.of(value(i));
            }
        }
        return Optional.empty();
    }

    /// The first header line of a name.
    /// @param name in lower case
    /// @return -1 where there is none
    public final int find(byte[] name) {
        for (int i = 0; i < count; i++) {
            if (Octets.equalsIgnoringCase(bytes, nameFrom(i), nameTo(i), name)) {
                return i;
            }
        }
        return -1;
    }

    /// Whether there is a header line of a name.
    /// @param name  in lower case
    /// @param value that one such line has, to the letter; null: any
    public final boolean has(byte[] name, byte @Nullable [] value) {
        for (int i = 0; i < count; i++) {
            if (Octets.equalsIgnoringCase(bytes, nameFrom(i), nameTo(i), name)
                    && (value == null || Arrays.equals(bytes, valueFrom(i), valueTo(i), value, 0, value.length))) {
                return true;
            }
        }
        return false;
    }

    /// One header line as text.
    public record Header(String name, String value) {}

    public final List<Header> headers() {
        var headers = new ArrayList<Header>(count);
        for (int i = 0; i < count; i++) {
            headers.add(new Header(name(i), value(i)));
        }
        return headers;
    }
}
