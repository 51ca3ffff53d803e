package reeve.serve.edge;

import java.nio.charset.StandardCharsets;

/// Weights in lists of preferences: `;q=0.8` (RFC 9110 §12.4.2).
final class Quality {
    private Quality() {}

    /// @param from the `;` behind what is weighed, or `to`
    /// @return thousandths; 1000 where there is no weight, 0 where it cannot be read
    static int of(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == ';') {
                int name = at + 1;
                while (name < to && bytes[name] <= ' ') {
                    name++;
                }
                if (name + 1 < to && (bytes[name] | 32) == 'q' && bytes[name + 1] == '=') {
                    return thousandths(bytes, name + 2, to);
                }
            }
        }
        return 1000;
    }

    /// Whether a list such as `Accept-Encoding` allows something by its name, or by `*`.
    static boolean accepts(String list, String name) {
        boolean others = false;
        for (String element : list.split(",")) {
            byte[] bytes = element.getBytes(StandardCharsets.ISO_8859_1);
            int end = element.indexOf(';') < 0 ? element.length() : element.indexOf(';');
            String its = element.substring(0, end).strip();
            boolean allowed = of(bytes, end, bytes.length) > 0;
            if (its.equalsIgnoreCase(name)) {
                return allowed;
            }
            others |= its.equals("*") && allowed;
        }
        return others;
    }

    private static int thousandths(byte[] bytes, int from, int to) {
        int value = 0;
        int digits = -1;
        for (int i = from; i < to && bytes[i] > ' ' && bytes[i] != ';'; i++) {
            if (bytes[i] == '.' && digits < 0) {
                digits = 0;
            } else if (bytes[i] < '0' || bytes[i] > '9' || digits == 3 || digits < 0 && i > from) {
                return 0;
            } else {
                value = value * 10 + bytes[i] - '0';
                digits = digits < 0 ? digits : digits + 1;
            }
        }
        for (int i = Math.max(digits, 0); i < 3; i++) {
            value *= 10;
        }
        return Math.min(value, 1000);
    }
}
