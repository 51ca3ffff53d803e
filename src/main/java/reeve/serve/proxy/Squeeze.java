package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.Compression.Coding;

/// Compresses the body of one answer while it passes. What comes in is bare data; what goes out is chunked where the client takes that.
/// All that came in with one part can be read by the client when it has got what went out for it: no event waits for the next.
/// One answer, one loop.
final class Squeeze {
    private static final Logger LOG = LoggerFactory.getLogger(Squeeze.class);
    private static final byte[] HEX = Bytes.ascii("0123456789abcdef");
    private static final byte[] CRLF = Bytes.ascii("\r\n");
    private static final byte[] LAST = Bytes.ascii("0\r\n\r\n");
    private static final int ROOM = 10; // for a chunk's size

    private final Loop loop;
    private final boolean chunks;
    private final OutputStream coder;
    private final Bytes header = new Bytes(32); // what the coder writes as it begins
    private @Nullable ByteBuf to;
    private boolean open = true;

    private Squeeze(Loop loop, Coding coding, boolean chunks) throws IOException {
        this.loop = loop;
        this.chunks = chunks;
        this.coder = loop.coders().open(coding, new OutputStream() {
            @Override
            public void write(int octet) {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (to != null) {
                    to.writeBytes(bytes, from, length);
                } else if (open) {
                    header.put(bytes, from, from + length);
                }
            }
        });
    }

    /// @return null where too many are under way on this loop, or it cannot begin
    static @Nullable Squeeze begin(Loop loop, Coding coding, boolean chunks) {
        if (!loop.beginSqueeze()) {
            return null;
        }
        try {
            return new Squeeze(loop, coding, chunks);
        } catch (IOException e) {
            loop.endSqueeze();
            LOG.warn("compression: cannot begin: coding={} reason={}", coding.word(), e.getMessage());
            return null;
        }
    }

    /// @param part stays the caller's
    /// @return owned by the caller, maybe empty; null where it cannot be compressed
    @Nullable ByteBuf take(ByteBuf part, boolean last) {
        int length = part.readableBytes();
        if (!open || length == 0 && !last) {
            return Unpooled.EMPTY_BUFFER;
        }
        ByteBuf out = loop.allocator().directBuffer(ROOM + 64 + length / 2);
        out.writerIndex(ROOM).readerIndex(ROOM);
        to = out.writeBytes(header.array(), 0, header.length());
        header.clear();
        try {
            part.getBytes(part.readerIndex(), coder, length);
            if (last) {
                close();
            } else {
                coder.flush();
            }
        } catch (IOException e) {
            out.release();
            LOG.error("compression: failed", e);
            return null;
        } finally {
            to = null;
        }
        if (!chunks) {
            return out;
        }
        frame(out);
        return last ? out.writeBytes(LAST) : out;
    }

    /// A chunk has its size before it, which is known afterwards.
    private static void frame(ByteBuf out) {
        int size = out.readableBytes();
        if (size == 0) {
            return;
        }
        out.writeBytes(CRLF);
        int at = ROOM;
        out.setByte(--at, '\n').setByte(--at, '\r');
        for (int left = size; left > 0; left >>>= 4) {
            out.setByte(--at, HEX[left & 15]);
        }
        out.readerIndex(at);
    }

    /// Whether or not anybody wanted the rest.
    void close() throws IOException {
        if (open) {
            open = false;
            loop.endSqueeze();
            coder.close();
        }
    }

    /// Nobody wants the rest.
    void abandon() {
        try {
            close();
        } catch (IOException e) {
            LOG.debug("compression: cannot end a stream that nobody reads", e);
        }
    }
}
