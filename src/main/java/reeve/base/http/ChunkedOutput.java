package reeve.base.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A body sent as chunks of up to 64 KiB (RFC 9112 §7.1). One thread. Closing it sends the last chunk, and nothing else is closed.
final class ChunkedOutput extends OutputStream {
    private static final int MOST = 64 * 1024;

    private final Sink sink;
    private final byte[] block = new byte[MOST];
    private int filled;

    /// Where the framed bytes go.
    interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    ChunkedOutput(Sink sink) {
        this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int taken = 0;
        while (taken < length) {
            int count = Math.min(length - taken, MOST - filled);
            System.arraycopy(bytes, offset + taken, block, filled, count);
            filled += count;
            taken += count;
            if (filled == MOST) {
                sendChunk();
            }
        }
    }

    private void sendChunk() throws IOException {
        if (filled > 0) { // an empty chunk would be the last one
            sink.write(text(Integer.toHexString(filled) + "\r\n"));
            sink.write(ByteBuffer.wrap(block, 0, filled));
            sink.write(text("\r\n"));
            filled = 0;
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        sendChunk();
        sink.write(text("0\r\n\r\n"));
    }
}
