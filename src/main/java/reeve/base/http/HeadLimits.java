package reeve.base.http;

/// Bounds of one head.
/// @param bytes   of the whole head, from the start line to the empty line; one more is 431
/// @param headers lines between them; one more is 431
public record HeadLimits(int bytes, int headers) {
    public static final HeadLimits DEFAULT = new HeadLimits(32 * 1024, 100);

    public HeadLimits {
        if (bytes < 256 || bytes > 1 << 20 || headers < 1 || headers > 1000) {
            throw new IllegalArgumentException("cannot bound a head to " + bytes + " bytes and " + headers + " headers");
        }
    }
}
