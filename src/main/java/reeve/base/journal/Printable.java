package reeve.base.journal;

/// Text that is fit for one line of a file and for any terminal: what would break the line, move the cursor or turn the
/// writing direction is spelled out, `\u001b`.
final class Printable {
    private Printable() {}

    /// @param most characters; the rest is cut, and said to be by an ellipsis
    static String of(String text, int most) {
        if (text.length() <= most && isHarmless(text)) {
            return text;
        }
        var out = new StringBuilder(Math.min(text.length(), most) + 16);
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            String piece = harmless(point) ? Character.toString(point) : String.format("\\u%04x", point);
            if (out.length() + piece.length() >= most) {
                return out.append('…').toString();
            }
            out.append(piece);
        }
        return out.toString();
    }

    /// For names: only letters, digits and `_ . : / -`, which no reader of JSON can take for anything else
    /// (avaje-jsonb 3.11 does not undo escapes in the keys of a map).
    static String name(String text, int most) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < most; i++) {
            char c = text.charAt(i);
            out.append(Character.isLetterOrDigit(c) || "_.:/-".indexOf(c) >= 0 ? c : '?');
        }
        return out.toString();
    }

    /// Plain ASCII, which nearly every text is, is seen without a look at Unicode's tables.
    private static boolean isHarmless(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 || c > 0x7e) && !harmless(text.codePointAt(i))) {
                return false;
            }
            i += Character.isHighSurrogate(c) ? 1 : 0;
        }
        return true;
    }

    private static boolean harmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> false;
            default -> true;
        };
    }
}
