package reeve.base.http;

/// A response's head, parsed strictly (RFC 9112 §4). All refusals have status 502: whoever reads a response is a client
/// or a gateway, and the fault is the server's.
public final class ResponseHead extends Head {
    private static final byte[] VERSION = Octets.ascii("HTTP/1.");

    private int status;
    private int reasonFrom;
    private int reasonTo;

    public ResponseHead(HeadLimits limits) {
        super(limits);
    }

    @Override
    int start(int from, int to) {
        start = from;
        int at = from;
        for (byte expected : VERSION) {
            if (at == to) {
                return NEED_MORE;
            }
            if (bytes[at++] != expected) {
                return bad(400, "the response does not start with HTTP/1.0 or HTTP/1.1");
            }
        }
        if (to - at < 6) {
            return NEED_MORE;
        }
        minorVersion = bytes[at] - '0';
        if (minorVersion != 0 && minorVersion != 1 || bytes[at + 1] != ' ') {
            return bad(400, "the response does not start with HTTP/1.0 or HTTP/1.1");
        }
        at += 2;
        if (bytes[at] < '1' || bytes[at] > '9' || !Octets.isDigit(bytes[at + 1]) || !Octets.isDigit(bytes[at + 2])) {
            return bad(400, "the response has no status of three digits");
        }
        status = (bytes[at] - '0') * 100 + (bytes[at + 1] - '0') * 10 + bytes[at + 2] - '0';
        at += 3;
        return reason(at, to);
    }

    /// The reason phrase is optional, and so, in practice, is the space before it.
    private int reason(int from, int to) {
        int at = from;
        if (bytes[at] == ' ') {
            at++;
        } else if (bytes[at] != '\r') {
            return bad(400, "the response has no status of three digits");
        }
        reasonFrom = at;
        while (at < to && Octets.isText(bytes[at])) {
            at++;
        }
        reasonTo = at;
        return lineEnd(at, to);
    }

    @Override
    void note(KnownHeader header, int valueFrom, int valueTo) {
        // nothing else in a response changes what its head means
    }

    @Override
    boolean judge() {
        return hasNoBody(false) || framingIsClear();
    }

    @Override
    int status(int requestStatus) {
        return 502;
    }

    /// How the body ends.
    /// @param answersHead whether the request's method was HEAD
    public BodyKind body(boolean answersHead) {
        if (hasNoBody(answersHead)) {
            return BodyKind.NONE;
        }
        if (chunked) {
            return BodyKind.CHUNKED;
        }
        return contentLength < 0 ? BodyKind.UNTIL_CLOSE : contentLength == 0 ? BodyKind.NONE : BodyKind.LENGTH;
    }

    /// RFC 9112 §6.3: whatever the header lines say.
    private boolean hasNoBody(boolean answersHead) {
        return answersHead || status < 200 || status == 204 || status == 304;
    }

    /// 100 to 999.
    public int status() {
        return status;
    }

    public int reasonFrom() {
        return reasonFrom;
    }

    public int reasonTo() {
        return reasonTo;
    }

    public String reason() {
        return Octets.string(bytes, reasonFrom, reasonTo);
    }
}
