package reeve.base.http;

/// A request's head, parsed strictly in one pass (RFC 9112 §2-§3, §6).
public final class RequestHead extends Head {
    private static final byte[] VERSION = Octets.ascii("HTTP/");
    private static final byte[] HTTP = Octets.ascii("http://");
    private static final byte[] HTTPS = Octets.ascii("https://");
    private static final byte[] CONTINUE = Octets.ascii("100-continue");
    private static final int NO_LIMIT = -1;
    private static final int BAD_LIMIT = -2;

    private Method method = Method.OTHER;
    private int methodTo;
    private int targetFrom;
    private int targetTo;
    private int pathFrom;
    private int pathTo;
    private boolean absolute;
    private int hosts;
    private int authorityFrom;
    private int authorityTo;
    private int hostTo;
    private int port;
    private boolean expectsContinue;
    private boolean unknownExpectation;
    private boolean upgrade;
    private boolean takesTrailers;
    private boolean via;
    private int maxForwards;

    /// Methods that are treated in a way of their own.
    public enum Method {
        GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE, PATCH, CONNECT, OTHER;

        private static final Method[] ALL = values();
        private final byte[] text = Octets.ascii(name());

        /// Whether sending it twice means the same as once (RFC 9110 §9.2.2).
        public boolean idempotent() {
            return switch (this) {
                case GET, HEAD, PUT, DELETE, OPTIONS, TRACE -> true;
                case POST, PATCH, CONNECT, OTHER -> false;
            };
        }

        static Method of(byte[] bytes, int from, int to) {
            for (Method method : ALL) {
                if (method.text.length == to - from && method.matches(bytes, from)) {
                    return method;
                }
            }
            return OTHER;
        }

        private boolean matches(byte[] bytes, int from) {
            for (int i = 0; i < text.length; i++) {
                if (bytes[from + i] != text[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    public RequestHead(HeadLimits limits) {
        super(limits);
    }

    @Override
    void reset() {
        super.reset();
        absolute = false;
        hosts = 0;
        authorityFrom = 0;
        authorityTo = 0;
        hostTo = 0;
        port = -1;
        expectsContinue = false;
        unknownExpectation = false;
        upgrade = false;
        takesTrailers = false;
        via = false;
        maxForwards = NO_LIMIT;
    }

    @Override
    int start(int from, int to) {
        int at = from;
        if (at < to && bytes[at] == '\r') { // one empty line before a request is forgiven (RFC 9112 §2.2)
            at = lineEnd(at, to);
            if (at < 0) {
                return at;
            }
        }
        start = at;
        while (at < to && Octets.isToken(bytes[at])) {
            at++;
        }
        if (at == to) {
            return NEED_MORE;
        }
        if (at == start || bytes[at] != ' ') {
            return bad(400, "the request does not start with a method");
        }
        methodTo = at;
        method = Method.of(bytes, start, at);
        at = target(at + 1, to);
        return at < 0 ? at : version(at, to);
    }

    /// @return position after the space that follows the target
    private int target(int from, int to) {
        int at = from;
        int query = -1;
        while (at < to && Octets.isTarget(bytes[at])) {
            if (bytes[at] == '?' && query < 0) {
                query = at;
            }
            at++;
        }
        if (at == to) {
            return NEED_MORE;
        }
        if (at == from || bytes[at] != ' ') {
            return bad(400, at == from ? "the request has no target" : "the request target holds a character that is not allowed");
        }
        targetFrom = from;
        targetTo = at;
        pathFrom = from;
        pathTo = query < 0 ? at : query;
        return at + 1;
    }

    private int version(int from, int to) {
        int at = from;
        for (byte expected : VERSION) {
            if (at == to) {
                return NEED_MORE;
            }
            if (bytes[at++] != expected) {
                return bad(400, "the request line does not end in a version");
            }
        }
        if (to - at < 3) {
            return NEED_MORE;
        }
        if (!Octets.isDigit(bytes[at]) || bytes[at + 1] != '.' || !Octets.isDigit(bytes[at + 2])) {
            return bad(400, "the request line does not end in a version");
        }
        minorVersion = bytes[at + 2] - '0';
        if (bytes[at] != '1' || minorVersion > 1) {
            return bad(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
        }
        return lineEnd(at + 3, to);
    }

    @Override
    void note(KnownHeader header, int valueFrom, int valueTo) {
        switch (header) {
            case HOST -> {
                hosts++;
                authorityFrom = valueFrom;
                authorityTo = valueTo;
            }
            case EXPECT -> {
                expectsContinue = Octets.equalsIgnoringCase(bytes, valueFrom, valueTo, CONTINUE);
                unknownExpectation |= !expectsContinue;
            }
            case UPGRADE -> upgrade = true;
            case TE -> takesTrailers |= elements(count() - 1).stream().anyMatch("trailers"::equalsIgnoreCase);
            case VIA -> via = true;
            case MAX_FORWARDS -> maxForwards = maxForwards == NO_LIMIT ? limit(valueFrom, valueTo) : BAD_LIMIT;
            case CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, KEEP_ALIVE, PROXY_CONNECTION, TRAILER, ACCEPT, DATE, HTTP2_SETTINGS,
                    PROXY, FORWARDED, X_REAL_IP, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_ACCEPT, CLIENT_CERT, CLIENT_CERT_CHAIN,
                    X_CLIENT_CERTIFICATE_SUBJECT, X_FORWARDED, UNDERSCORE_TWIN, UNDERSCORED, OTHER -> { }
        }
    }

    private int limit(int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            if (!Octets.isDigit(bytes[i]) || i - from == 9) {
                return BAD_LIMIT;
            }
            number = number * 10 + bytes[i] - '0';
        }
        return from == to ? BAD_LIMIT : number;
    }

    @Override
    boolean judge() {
        if (hosts != 1 && (hosts > 1 || minorVersion == 1)) {
            bad(400, hosts == 0 ? "there is no Host header" : "there is more than one Host header");
            return false;
        }
        if (hosts == 1 && !authority()) {
            return false;
        }
        if (unknownExpectation && minorVersion == 1) {
            bad(417, "only 100-continue can be expected");
            return false;
        }
        return targetForm() && framingIsClear() && diagnosis();
    }

    /// What only TRACE and OPTIONS have to keep to (RFC 9110 §7.6.2, §9.3.8).
    private boolean diagnosis() {
        if (method == Method.TRACE && (contentLength > 0 || chunked)) {
            bad(400, "TRACE has no body");
            return false;
        }
        if (method != Method.TRACE && method != Method.OPTIONS) {
            maxForwards = NO_LIMIT;
        } else if (maxForwards == BAD_LIMIT) {
            bad(400, "Max-Forwards is not one number");
            return false;
        }
        return true;
    }

    private boolean targetForm() {
        if (method == Method.CONNECT) {
            bad(501, "CONNECT is not supported");
            return false;
        }
        if (bytes[targetFrom] == '/') {
            return true;
        }
        if (bytes[targetFrom] == '*' && targetTo - targetFrom == 1) {
            if (method != Method.OPTIONS) {
                bad(400, "only OPTIONS may ask for *");
            }
            return method == Method.OPTIONS;
        }
        return absoluteForm();
    }

    /// `http://authority/path`: its authority takes the place of the Host header, for routing and forwarding (RFC 9112 §3.2.2).
    private boolean absoluteForm() {
        int scheme = startsWith(HTTP) ? HTTP.length : startsWith(HTTPS) ? HTTPS.length : 0;
        if (scheme == 0) {
            bad(400, "the request target is neither a path nor an http URL");
            return false;
        }
        absolute = true;
        authorityFrom = targetFrom + scheme;
        int at = authorityFrom;
        while (at < targetTo && bytes[at] != '/' && bytes[at] != '?') {
            at++;
        }
        authorityTo = at;
        pathFrom = at;
        port = -1;
        return authority();
    }

    private boolean startsWith(byte[] lower) {
        return targetTo - targetFrom > lower.length && Octets.equalsIgnoringCase(bytes, targetFrom, targetFrom + lower.length, lower);
    }

    /// `host[:port]` with neither userinfo nor empty labels.
    private boolean authority() {
        int at = authorityFrom;
        if (at < authorityTo && bytes[at] == '[') {
            at = literalEnd(at);
        } else {
            at = nameEnd(at);
        }
        if (at < 0 || at < authorityTo && bytes[at] != ':') {
            bad(400, "the host is not valid");
            return false;
        }
        hostTo = at;
        if (at < authorityTo && !port(at + 1)) {
            bad(400, "the host's port is not valid");
            return false;
        }
        return true;
    }

    private int literalEnd(int from) {
        int at = from + 1;
        while (at < authorityTo && (Octets.hex(bytes[at]) >= 0 || bytes[at] == ':' || bytes[at] == '.')) {
            at++;
        }
        return at < authorityTo && bytes[at] == ']' && at - from > 2 ? at + 1 : -1;
    }

    private int nameEnd(int from) {
        int at = from;
        while (at < authorityTo && Octets.isName(bytes[at])) {
            if (bytes[at] == '.' && (at == from || bytes[at - 1] == '.')) {
                return -1;
            }
            at++;
        }
        return at == from || at - from > 254 ? -1 : at;
    }

    private boolean port(int from) {
        if (authorityTo - from > 5) {
            return false;
        }
        int number = 0;
        for (int i = from; i < authorityTo; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return false;
            }
            number = number * 10 + bytes[i] - '0';
        }
        port = from == authorityTo ? -1 : number;
        return number <= 65535;
    }

    @Override
    int status(int requestStatus) {
        return requestStatus;
    }

    /// How the body ends: never `UNTIL_CLOSE`.
    public BodyKind body() {
        return chunked ? BodyKind.CHUNKED : contentLength > 0 ? BodyKind.LENGTH : BodyKind.NONE;
    }

    public Method method() {
        return method;
    }

    public int methodFrom() {
        return start;
    }

    public int methodTo() {
        return methodTo;
    }

    public int targetFrom() {
        return targetFrom;
    }

    public int targetTo() {
        return targetTo;
    }

    /// Start of the path, after the authority of an absolute target; equal to [#pathTo] where that has none. The path and
    /// query to forward run from here to [#targetTo].
    public int pathFrom() {
        return pathFrom;
    }

    /// End of the path, before the `?` of a query.
    public int pathTo() {
        return pathTo;
    }

    public boolean isAbsolute() {
        return absolute;
    }

    /// Start of `host[:port]` as it is to be forwarded; equal to [#authorityTo] in HTTP/1.0 without Host.
    public int authorityFrom() {
        return authorityFrom;
    }

    public int authorityTo() {
        return authorityTo;
    }

    /// End of the host that starts at [#authorityFrom], before the port.
    public int hostTo() {
        return hostTo;
    }

    /// @return -1 where none is given
    public int port() {
        return port;
    }

    public boolean expectsContinue() {
        return expectsContinue && minorVersion == 1;
    }

    /// Whether a change of protocol is asked for: an `Upgrade` header that `Connection` lists, in HTTP/1.1.
    public boolean asksUpgrade() {
        return upgrade && upgradeListed() && minorVersion == 1;
    }

    /// Whether the client can do with trailers: `TE: trailers`, in HTTP/1.1 (RFC 9110 §10.1.4).
    public boolean takesTrailers() {
        return takesTrailers && minorVersion == 1;
    }

    /// Whether some proxy has forwarded it before, and said so.
    public boolean hasVia() {
        return via;
    }

    /// How often TRACE or OPTIONS may be forwarded yet.
    /// @return -1 where there is no limit
    public int maxForwards() {
        return maxForwards;
    }

    public String methodText() {
        return Octets.string(bytes, start, methodTo);
    }

    public String target() {
        return Octets.string(bytes, targetFrom, targetTo);
    }

    public String path() {
        return Octets.string(bytes, pathFrom, pathTo);
    }

    /// Without the `?`; empty where there is none.
    public String query() {
        return pathTo == targetTo ? "" : Octets.string(bytes, pathTo + 1, targetTo);
    }

    public String host() {
        return Octets.string(bytes, authorityFrom, hostTo);
    }
}
