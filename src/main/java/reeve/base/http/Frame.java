package reeve.base.http;

import java.nio.charset.StandardCharsets;

/// A piece of what goes over a [FrameChannel].
/// @param kind what it is; a number the two ends agree on
public record Frame(int kind, byte[] bytes) {
    static final int MOST_BYTES = 64 * 1024;

    public Frame {
        if (kind < 0 || kind > 255 || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("cannot send a frame of kind " + kind + " with " + bytes.length + " bytes");
        }
    }

    public Frame(int kind, String text) {
        this(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
