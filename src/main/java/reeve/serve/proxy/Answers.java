package reeve.serve.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reeve.model.PathKind;
import reeve.serve.edge.Media;
import reeve.serve.edge.Page;
import reeve.serve.route.RouteTable;

/// Writes the proxy's own answers: HTML for browsers, one line of text for everybody else. One loop.
final class Answers {
    private static final int MOST_ROUTES = 1000;
    private static final String STYLE = """
            <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
            <style>
            :root { color-scheme: light dark; --page: #f6f5f1; --ink: #1d1f21; --soft: #5a5f66; --link: #0b57a4; }
            @media (prefers-color-scheme: dark) { :root { --page: #14171a; --ink: #e8e6e1; --soft: #a3a9b1; --link: #8ab8f0; } }
            body { margin: 12vh auto; padding: 0 1.5rem; max-width: 40rem; background: var(--page); color: var(--ink);
              font: 16px/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
            h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1rem; color: var(--soft); }
            ul { padding: 0; list-style: none; } a { color: var(--link); }
            </style>
            """;

    private final Bytes out;

    Answers(Bytes out) {
        this.out = out;
    }

    /// @param media    that the client takes
    /// @param bodiless whether only the head is sent (HEAD)
    /// @param close    whether the connection ends with this answer
    /// @param http10   whether the client speaks HTTP/1.0
    /// @param added    header lines that say how the host is to be reached
    /// @param routes   to list below the text; empty where they are none of the client's business
    /// @param port     for the links to routes
    /// @param passage  what becomes of it on its way; null for nothing
    record Form(Media media, boolean bodiless, boolean close, boolean http10, byte[] added, List<RouteTable.View> routes, int port,
            @Nullable Passage passage) {}

    /// Leaves the whole answer in the loop's bytes.
    void write(Answer answer, byte[] date, Form form) {
        byte[] given = answer.body();
        Page page = form.passage == null || given != null ? null : form.passage.page(answer, form.media);
        byte[] body = given != null ? given : page == null ? own(answer, form).getBytes(StandardCharsets.UTF_8) : page.body();
        out.clear();
        out.put("HTTP/1.1 ").number(answer.status()).put(' ').put(reason(answer.status())).put("\r\n");
        out.put(date).put(form.added);
        if (given == null) {
            out.put("Content-Type: ").put(page == null ? type(form.media) : page.type())
                    .put(answer.status() == 200 ? "" : "\r\nCache-Control: no-store").put("\r\n");
        }
        out.put(answer.lines());
        if (answer.status() != 204) {
            out.put("Content-Length: ").number(body.length).put("\r\n");
        }
        if (!answer.retryAfter().isZero()) {
            out.put("Retry-After: ").number(answer.retryAfter().toSeconds()).put("\r\n");
        }
        if (!answer.location().isEmpty()) {
            out.put("Location: ").put(answer.location()).put("\r\n");
        }
        if (answer.status() == 405) {
            out.put("Allow: GET, HEAD\r\n");
        }
        if (form.close) {
            out.put("Connection: close\r\n");
        } else if (form.http10) {
            out.put("Connection: keep-alive\r\n");
        }
        out.put("\r\n");
        if (!form.bodiless) {
            out.put(body);
        }
        if (form.passage != null) {
            form.passage.response(out);
        }
    }

    /// Leaves an answer to a call of gRPC in the loop's bytes: a head without a body, whose fields say what the status would
    /// (gRPC over HTTP2, "Trailers-Only").
    void writeGrpc(Answer answer, byte[] date, Form form) {
        out.clear();
        out.put("HTTP/1.1 200 OK\r\n").put(date).put(form.added).put("Content-Type: application/grpc\r\nGrpc-Status: ")
                .number(grpcStatus(answer.status())).put("\r\nGrpc-Message: ");
        for (byte b : answer.text().getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f && b != '%') {
                out.put((char) b);
            } else {
                out.put(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        out.put("\r\n\r\n");
        if (form.passage != null) {
            form.passage.response(out);
        }
    }

    /// As gRPC's "HTTP to gRPC Status Code Mapping" has it, so that clients retry what may be retried.
    private static int grpcStatus(int status) {
        return switch (status) {
            case 400 -> 13; // INTERNAL
            case 401 -> 16; // UNAUTHENTICATED
            case 403 -> 7; // PERMISSION_DENIED
            case 404 -> 12; // UNIMPLEMENTED
            case 413, 431 -> 8; // RESOURCE_EXHAUSTED
            case 429, 502, 503, 504 -> 14; // UNAVAILABLE
            default -> 2; // UNKNOWN
        };
    }

    private static String own(Answer answer, Form form) {
        return switch (form.media) {
            case HTML -> html(answer, form);
            case JSON -> json(answer, form);
            case TEXT -> text(answer, form);
        };
    }

    private static String type(Media media) {
        return switch (media) {
            case HTML, TEXT -> media.type() + "; charset=utf-8";
            case JSON -> media.type();
        };
    }

    private static String json(Answer answer, Form form) {
        byte[] id = form.passage == null ? new byte[0] : form.passage.requestId();
        return "{\"status\":" + answer.status() + ",\"error\":\"" + reason(answer.status()) + "\",\"message\":\""
                + quoted(answer.text()) + '"'
                + (id.length == 0 ? "" : ",\"request_id\":\"" + quoted(Bytes.latin(id)) + '"') + "}\n";
    }

    /// As the inside of a text of JSON.
    static String quoted(String text) {
        var quoted = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.toString();
    }

    private static String text(Answer answer, Form form) {
        var text = new StringBuilder(answer.text()).append('\n');
        if (!form.routes.isEmpty()) {
            text.append("\nRoutes here:\n");
        }
        form.routes.stream().limit(MOST_ROUTES).forEach(route -> text.append("  ").append(link(route, form.port)).append('\n'));
        return text.toString();
    }

    private static String html(Answer answer, Form form) {
        String title = answer.status() + " " + reason(answer.status());
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>").append(title)
                .append("</title>\n").append(STYLE).append("<h1>").append(title).append("</h1>\n<p>").append(escape(answer.text()))
                .append("</p>\n");
        if (!form.routes.isEmpty()) {
            page.append("<h2>Routes here</h2>\n<ul>\n");
            form.routes.stream().limit(MOST_ROUTES).forEach(route -> item(page, route, form.port));
            page.append("</ul>\n");
        }
        return page.toString();
    }

    private static void item(StringBuilder page, RouteTable.View route, int port) {
        String link = escape(link(route, port));
        boolean followable = route.spec().host().indexOf('*') < 0 && route.spec().kind() != PathKind.REGEX;
        page.append("<li>").append(followable ? "<a href=\"" + link + "\">" + link + "</a>" : link).append("</li>\n");
    }

    private static String link(RouteTable.View route, int port) {
        return "http://" + route.spec().host() + (port == 80 ? "" : ":" + port) + route.spec().path();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 204 -> "No Content";
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 206 -> "Partial Content";
            case 304 -> "Not Modified";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 416 -> "Range Not Satisfiable";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            case 508 -> "Loop Detected";
            default -> "Error";
        };
    }
}
