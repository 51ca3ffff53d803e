package reeve.serve.proxy;

import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.RequestHead;
import reeve.base.http.ResponseHead;
import reeve.model.Compression.Coding;
import reeve.serve.edge.CompressionRules;

/// Whether the answer to one request is compressed, and what its head says of that. One exchange, one loop.
final class Squeezing {
    private static final byte[] ACCEPT_ENCODING = Bytes.ascii("accept-encoding");
    private static final byte[] CONTENT_ENCODING = Bytes.ascii("content-encoding");
    private static final byte[] CONTENT_RANGE = Bytes.ascii("content-range");
    private static final byte[] CONTENT_TYPE = Bytes.ascii("content-type");
    private static final byte[] CACHE_CONTROL = Bytes.ascii("cache-control");
    private static final byte[] VARY = Bytes.ascii("Vary: Accept-Encoding\r\n");
    private static final byte[] ENCODED = Bytes.ascii("Content-Encoding: ");
    private static final byte[] CRLF = Bytes.ascii("\r\n");
    private static final byte[] ETAG = Bytes.ascii("\r\netag:");
    private static final byte[] ACCEPT_RANGES = Bytes.ascii("\r\naccept-ranges:");

    private final CompressionRules rules;
    private final @Nullable Coding coding;
    private boolean varies;

    /// @param bytes that the request's head was parsed from
    Squeezing(Loop loop, CompressionRules rules, RequestHead head, byte[] bytes) {
        this.rules = rules;
        int line = head.find(ACCEPT_ENCODING);
        this.coding = line < 0 ? null
                : rules.chosen(bytes, head.valueFrom(line), head.valueTo(line), loop.coders().offered());
    }

    /// @param head   of the backend's answer
    /// @param chunks whether the client is to get it in chunks
    /// @return null where it goes on as it is
    @Nullable Squeeze begin(Loop loop, ResponseHead head, BodyKind kind, RequestFacts facts, boolean chunks) {
        int type = head.find(CONTENT_TYPE);
        varies = head.status() != 204 && head.status() != 206 && head.find(CONTENT_ENCODING) < 0 && head.find(CONTENT_RANGE) < 0
                && rules.covers(type < 0 ? "" : head.value(type), head.contentLength()) && mayBeChanged(head);
        if (!varies || coding == null || kind == BodyKind.NONE || facts.http10()) {
            return null;
        }
        return Squeeze.begin(loop, coding, chunks);
    }

    private static boolean mayBeChanged(ResponseHead head) {
        for (int i = head.find(CACHE_CONTROL); i >= 0 && i < head.count(); i++) {
            if (head.name(i).equalsIgnoreCase("cache-control") && head.elements(i).stream().anyMatch("no-transform"::equalsIgnoreCase)) {
                return false;
            }
        }
        return true;
    }

    /// The head has been written; it is told what becomes of the body.
    void tell(Loop loop, boolean squeezed) {
        Bytes head = loop.out();
        if (varies) {
            loop.rewriter().add(VARY);
        }
        if (!squeezed || coding == null) {
            return;
        }
        Bytes to = loop.spare();
        to.clear();
        byte[] from = head.array();
        int run = 0;
        for (int at = 0; at < head.length(); at++) {
            if (from[at] == '\r' && begins(from, at, head.length(), ETAG)) {
                int value = at + ETAG.length;
                while (from[value] == ' ') {
                    value++;
                }
                if (from[value] == '"') { // what is the same after all is no longer the same to the byte
                    to.put(from, run, value).put("W/");
                    run = value;
                }
            } else if (from[at] == '\r' && begins(from, at, head.length(), ACCEPT_RANGES)) {
                to.put(from, run, at);
                run = at + 2;
                while (from[run] != '\r') {
                    run++;
                }
            }
        }
        to.put(from, run, head.length() - CRLF.length).put(ENCODED).put(coding.word()).put(CRLF).put(CRLF);
        head.swap(to);
    }

    private static boolean begins(byte[] bytes, int at, int end, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            byte octet = at + i < end ? bytes[at + i] : 0;
            if ((octet >= 'A' && octet <= 'Z' ? octet + 32 : octet) != lower[i]) {
                return false;
            }
        }
        return true;
    }
}
