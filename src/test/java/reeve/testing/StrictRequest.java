package reeve.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One HTTP/1.1 request as RFC 9112 and RFC 9110 define it, without any of their tolerances. Written from the grammar, by regular
/// expressions over text, so that it shares neither code nor method with the parser of the product, whose output it judges.
/// @param fields   name in lower case and value, in their order
/// @param trailers the same, behind a chunked body
/// @param length   in bytes of the whole request
public record StrictRequest(String method, String target, int minorVersion, List<Field> fields, String body, List<Field> trailers,
        int length) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile("(" + TOKEN + ") (\\S+) HTTP/1\\.([01])");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):[ \t]*([\t\\x20-\\x7e\\x80-\\xff]*?)[ \t]*");
    private static final Pattern ORIGIN = Pattern.compile("/[\\x21-\\x22\\x24-\\x7e]*");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://([^/?@#]+)([/?][\\x21-\\x22\\x24-\\x7e]*)?");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.?|\\[[0-9A-Fa-f:.]+])(?::(\\d{0,5}))?");
    private static final Pattern CHUNK_EXTENSION =
            Pattern.compile("(;" + TOKEN + "(=("
                    + TOKEN + "|\"([\t\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\t\\x20-\\x7e\\x80-\\xff])*\"))?)*");

    /// A header or trailer line.
    public record Field(String name, String value) {}

    /// What is no request: nothing that may ever be sent.
    public static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /// @return empty where the text ends before the request does
    /// @throws Wrong where it can become none
    public static Optional<StrictRequest> read(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return Optional.empty();
        }
        List<String> lines = List.of(text.substring(0, end).split("\r\n", -1));
        Matcher first = REQUEST_LINE.matcher(lines.getFirst());
        check(first.matches(), "request line: " + lines.getFirst());
        List<Field> fields = fields(lines.subList(1, lines.size()));
        var head = new StrictRequest(first.group(1), first.group(2), Integer.parseInt(first.group(3)), fields, "", List.of(), end + 4);
        head.checkHead();
        return head.withBody(text);
    }

    private static void check(boolean right, String wrong) {
        if (!right) {
            throw new Wrong(wrong);
        }
    }

    private static List<Field> fields(List<String> lines) {
        var fields = new ArrayList<Field>();
        for (String line : lines) {
            Matcher field = FIELD.matcher(line);
            check(field.matches(), "field line: " + line);
            fields.add(new Field(field.group(1).toLowerCase(Locale.ROOT), field.group(2)));
        }
        return fields;
    }

    public List<String> values(String name) {
        return fields.stream().filter(f -> f.name.equals(name)).map(Field::value).toList();
    }

    private void checkHead() {
        List<String> hosts = values("host");
        check(hosts.size() == 1 || hosts.isEmpty() && minorVersion == 0, "Host: " + hosts);
        hosts.forEach(StrictRequest::checkAuthority);
        check(!method.equals("CONNECT"), "CONNECT");
        Matcher absolute = ABSOLUTE.matcher(target);
        if (absolute.matches()) {
            checkAuthority(absolute.group(1));
        } else {
            check(ORIGIN.matcher(target).matches() || target.equals("*") && method.equals("OPTIONS"), "target: " + target);
        }
        check(values("expect").stream().allMatch("100-continue"::equalsIgnoreCase), "Expect");
    }

    private static void checkAuthority(String authority) {
        Matcher matcher = AUTHORITY.matcher(authority);
        check(matcher.matches(), "authority: " + authority);
        String port = matcher.group(1);
        check(port == null || port.isEmpty() || Integer.parseInt(port) <= 65_535, "port: " + authority);
    }

    private Optional<StrictRequest> withBody(String text) {
        List<String> lengths = values("content-length");
        List<String> codings = values("transfer-encoding");
        if (!codings.isEmpty()) {
            check(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"), "Transfer-Encoding: " + codings);
            check(lengths.isEmpty(), "both Content-Length and Transfer-Encoding");
            check(minorVersion == 1, "Transfer-Encoding in HTTP/1.0");
            return chunks(text);
        }
        if (lengths.isEmpty()) {
            return Optional.of(this);
        }
        check(lengths.size() == 1 && lengths.getFirst().matches("0*\\d{1,18}"), "Content-Length: " + lengths);
        long end = length + Long.parseLong(lengths.getFirst());
        return end > text.length() ? Optional.empty()
                : Optional.of(new StrictRequest(method, target, minorVersion, fields, text.substring(length, (int) end), List.of(),
                        (int) end));
    }

    private Optional<StrictRequest> chunks(String text) {
        var data = new StringBuilder();
        int at = length;
        while (true) {
            int end = text.indexOf('\n', at);
            if (end < 0) {
                return Optional.empty();
            }
            check(text.charAt(end - 1) == '\r' && end - 1 >= at, "a chunk size line without CR LF");
            String line = text.substring(at, end - 1);
            String size = line.replaceFirst(";.*", "");
            check(size.matches("[0-9A-Fa-f]{1,16}") && CHUNK_EXTENSION.matcher(line.substring(size.length())).matches(), "chunk: " + line);
            at = end + 1;
            long length = HexFormat.fromHexDigitsToLong(size);
            if (length == 0) {
                return trailers(text, at, data.toString());
            }
            check(length > 0 && length <= Integer.MAX_VALUE, "chunk size: " + size);
            if (at + length + 2 > text.length()) {
                return Optional.empty();
            }
            data.append(text, at, at + (int) length);
            at += (int) length;
            check(text.startsWith("\r\n", at), "a chunk does not end in CR LF");
            at += 2;
        }
    }

    private Optional<StrictRequest> trailers(String text, int from, String data) {
        var lines = new ArrayList<String>();
        int at = from;
        while (true) {
            int end = text.indexOf('\n', at);
            if (end < 0) {
                return Optional.empty();
            }
            check(end > at && text.charAt(end - 1) == '\r', "a trailer line without CR LF");
            String line = text.substring(at, end - 1);
            at = end + 1;
            if (line.isEmpty()) {
                return Optional.of(new StrictRequest(method, target, minorVersion, fields, data, fields(lines), at));
            }
            lines.add(line);
        }
    }

    /// The authority that the request is for: the target's, else Host; lower case.
    public String authority() {
        Matcher absolute = ABSOLUTE.matcher(target);
        String authority = absolute.matches() ? absolute.group(1) : values("host").stream().findFirst().orElse("");
        return authority.toLowerCase(Locale.ROOT);
    }

    /// Path and query.
    public String resource() {
        Matcher absolute = ABSOLUTE.matcher(target);
        if (!absolute.matches()) {
            return target;
        }
        String rest = absolute.group(2) == null ? "" : absolute.group(2);
        if (rest.isEmpty()) {
            return method.equals("OPTIONS") ? "*" : "/";
        }
        return rest.startsWith("?") ? "/" + rest : rest;
    }

    /// All requests of a text that holds nothing else.
    /// @throws Wrong where something is left over that is no whole request
    public static List<StrictRequest> all(String text) {
        var all = new ArrayList<StrictRequest>();
        String rest = text;
        while (!rest.isEmpty()) {
            Optional<StrictRequest> next = read(rest);
            String left = rest;
            all.add(next.orElseThrow(() -> new Wrong("left over: " + left)));
            rest = rest.substring(all.getLast().length);
        }
        return all;
    }

    public static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
