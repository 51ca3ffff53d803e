package reeve.serve.proxy;

import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.Head;
import reeve.base.http.KnownHeader;
import reeve.base.http.RequestHead;
import reeve.base.http.ResponseHead;

/// Writes heads anew: start line, framing and connection fields are ours, the rest is copied in runs, without what belongs
/// to one hop (RFC 9110 §7.6.1) and what only a proxy may say. One loop.
final class HeadRewriter {
    private static final byte[] CRLF = Bytes.ascii("\r\n");
    private static final byte[] HOST = Bytes.ascii(" HTTP/1.1\r\nHost: ");
    private static final byte[] CONTENT_LENGTH = Bytes.ascii("Content-Length: ");
    private static final byte[] CHUNKED = Bytes.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] UPGRADE = Bytes.ascii("Connection: Upgrade\r\nUpgrade: ");
    private static final byte[] CLOSE = Bytes.ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Bytes.ascii("Connection: keep-alive\r\n");
    private static final byte[] TAKES_TRAILERS = Bytes.ascii("Connection: TE\r\nTE: trailers\r\n");
    private static final byte[] MAX_FORWARDS = Bytes.ascii("Max-Forwards: ");
    private static final byte[] STATUS_LINE = Bytes.ascii("HTTP/1.1 ");

    private final Bytes out;
    private final boolean keepsUnderscored;
    private int methodTo;
    private int targetTo;
    private int hostFrom;
    private int hostTo;

    /// @param keepsUnderscored whether names with `_` are passed on to backends
    HeadRewriter(Bytes out, boolean keepsUnderscored) {
        this.out = out;
        this.keepsUnderscored = keepsUnderscored;
    }

    /// Where the parts that the access log names ended up in the last rewritten request.
    record Places(int methodTo, int targetTo, int hostFrom, int hostTo) {}

    Places places() {
        return new Places(methodTo, targetTo, hostFrom, hostTo);
    }

    /// @param bytes     that the head was parsed from
    /// @param path      in the place of the client's, where its route changes it; null: as it came
    /// @param forwarded what is said about the client's connection
    /// @param backend   named as host where the client named none (HTTP/1.0)
    /// @param upgrade   whether the client's wish to change the protocol is passed on
    void request(RequestHead head, byte[] bytes, byte @Nullable [] path, ForwardedLines forwarded, byte[] backend, boolean upgrade) {
        out.clear();
        out.put(bytes, head.methodFrom(), head.methodTo());
        methodTo = out.length();
        target(head, bytes, path);
        targetTo = out.length();
        out.put(HOST);
        hostFrom = out.length();
        boolean hasHost = head.authorityFrom() < head.authorityTo();
        if (hasHost) {
            out.put(bytes, head.authorityFrom(), head.authorityTo());
        } else {
            out.put(backend);
        }
        hostTo = out.length();
        out.put(CRLF);
        copyRequestHeaders(head, bytes, forwarded);
        requestFraming(head);
        forwarded.write(out, head, bytes);
        if (head.maxForwards() > 0) {
            out.put(MAX_FORWARDS).number(head.maxForwards() - 1L).put(CRLF);
        }
        if (upgrade) {
            upgrade(head, bytes);
        } else if (head.takesTrailers()) {
            out.put(TAKES_TRAILERS);
        }
        out.put(CRLF);
    }

    private void target(RequestHead head, byte[] bytes, byte @Nullable [] path) {
        out.put(' ');
        if (path != null) {
            out.put(path).put(bytes, head.pathTo(), head.targetTo());
            return;
        }
        if (head.pathFrom() == head.pathTo()) { // an absolute target without a path (RFC 9112 §3.2.4)
            boolean asterisk = head.method() == RequestHead.Method.OPTIONS && head.pathFrom() == head.targetTo();
            out.put(asterisk ? '*' : '/');
        }
        out.put(bytes, head.pathFrom(), head.targetTo());
    }

    private void requestFraming(RequestHead head) {
        if (head.body() == BodyKind.CHUNKED) {
            out.put(CHUNKED);
        } else if (head.contentLength() >= 0) {
            out.put(CONTENT_LENGTH).number(head.contentLength()).put(CRLF);
        }
    }

    private void upgrade(Head head, byte[] bytes) {
        for (int i = 0; i < head.count(); i++) {
            if (head.known(i) == KnownHeader.UPGRADE) {
                out.put(UPGRADE).put(bytes, head.valueFrom(i), head.valueTo(i)).put(CRLF);
            }
        }
    }

    private void copyRequestHeaders(RequestHead head, byte[] bytes, ForwardedLines forwarded) {
        int run = -1;
        for (int i = 0; i < head.count(); i++) {
            boolean keep = switch (head.known(i)) {
                case HOST, CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, CONTENT_LENGTH, UPGRADE, HTTP2_SETTINGS,
                        PROXY, CLIENT_CERT, CLIENT_CERT_CHAIN, X_CLIENT_CERTIFICATE_SUBJECT, UNDERSCORE_TWIN -> false;
                case FORWARDED, X_REAL_IP, X_FORWARDED -> forwarded.keeps(head, i); // even if `Connection` lists it
                case VIA -> true;
                case MAX_FORWARDS -> head.maxForwards() < 0 && !isListed(head, i);
                case TRAILER -> head.takesTrailers() && head.body() == BodyKind.CHUNKED;
                case UNDERSCORED -> keepsUnderscored && !isListed(head, i);
                case EXPECT -> head.expectsContinue() && !isListed(head, i);
                case ACCEPT, DATE, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_ACCEPT, OTHER -> !isListed(head, i);
            };
            run = copyRun(head, bytes, i, keep, run);
        }
        endRun(head, bytes, run);
    }

    private static boolean isListed(Head head, int index) {
        return head.othersListed() && head.listedInConnection(index);
    }

    /// Header lines lie one behind the other: a run of kept lines is copied at once when it ends.
    private int copyRun(Head head, byte[] bytes, int index, boolean keep, int run) {
        if (keep) {
            return run < 0 ? head.nameFrom(index) : run;
        }
        if (run >= 0) {
            out.put(bytes, run, head.nameFrom(index));
        }
        return -1;
    }

    private void endRun(Head head, byte[] bytes, int run) {
        if (run >= 0) {
            out.put(bytes, run, head.to() - CRLF.length);
        }
    }

    /// What a response's head says about the connection to the client.
    enum Connection { KEEP, KEEP_HTTP_1_0, CLOSE, UPGRADE }

    /// @param date a `Date` line, added where the backend sent none
    /// @param body how the body is framed towards the client; chunked only for HTTP/1.1
    /// @param trailers whether they go on to the client
    void response(ResponseHead head, byte[] bytes, byte[] date, BodyKind body, boolean trailers, Connection connection) {
        out.clear();
        out.put(STATUS_LINE).number(head.status()).put(' ').put(bytes, head.reasonFrom(), head.reasonTo()).put(CRLF);
        boolean dated = copyResponseHeaders(head, bytes, trailers);
        if (head.status() < 200) {
            if (connection == Connection.UPGRADE) {
                upgrade(head, bytes);
            }
            out.put(CRLF);
            return;
        }
        if (!dated) {
            out.put(date);
        }
        if (body == BodyKind.CHUNKED) {
            out.put(CHUNKED);
        } else if (head.contentLength() >= 0 && head.status() != 204 && head.body(false) != BodyKind.CHUNKED) {
            out.put(CONTENT_LENGTH).number(head.contentLength()).put(CRLF);
        }
        switch (connection) {
            case KEEP, UPGRADE -> { }
            case KEEP_HTTP_1_0 -> out.put(KEEP_ALIVE);
            case CLOSE -> out.put(CLOSE);
        }
        out.put(CRLF);
    }

    /// Puts header lines at the end of the head that was just written. What the backend says of the same comes before them.
    void add(byte[] lines) {
        out.shorten(CRLF.length).put(lines).put(CRLF);
    }

    /// @return whether there was a date
    private boolean copyResponseHeaders(ResponseHead head, byte[] bytes, boolean trailers) {
        int run = -1;
        boolean dated = false;
        for (int i = 0; i < head.count(); i++) {
            dated |= head.known(i) == KnownHeader.DATE;
            boolean keep = switch (head.known(i)) {
                case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, CONTENT_LENGTH, UPGRADE, HTTP2_SETTINGS -> false;
                case TRAILER -> trailers;
                case HOST, EXPECT, ACCEPT, DATE, PROXY, FORWARDED, X_REAL_IP, X_FORWARDED, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_ACCEPT,
                        VIA, MAX_FORWARDS, CLIENT_CERT, CLIENT_CERT_CHAIN, X_CLIENT_CERTIFICATE_SUBJECT, UNDERSCORE_TWIN, UNDERSCORED,
                        OTHER -> !isListed(head, i);
            };
            run = copyRun(head, bytes, i, keep, run);
        }
        endRun(head, bytes, run);
        return dated;
    }
}
