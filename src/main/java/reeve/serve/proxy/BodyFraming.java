package reeve.serve.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reeve.base.http.BodyKind;
import reeve.base.http.ChunkScanner;
import reeve.base.http.HeadResult;

/// Finds where a body ends while it passes, without decoding it. Chunk extensions are cut out on the way, and trailers that may
/// not pass; for a receiver of HTTP/1.0 the whole chunk framing is. One body, one loop.
final class BodyFraming implements ChunkScanner.Parts {
    private final BodyKind kind;
    private final boolean unframe;
    private final @Nullable Trailers trailers;
    private final @Nullable ChunkScanner scanner;
    private long left;
    private boolean complete;
    private @Nullable ByteBuf cutting;
    private int shift;
    private int kept;
    private int walked;
    private long data;

    /// @param length  of the body where the kind is LENGTH
    /// @param unframe whether a chunked body is passed on as bare data
    BodyFraming(BodyKind kind, long length, boolean unframe) {
        this(kind, length, unframe, null);
    }

    /// @param trailers that go on behind a chunked body; null where none do
    BodyFraming(BodyKind kind, long length, boolean unframe, @Nullable Trailers trailers) {
        this.trailers = trailers;
        this.kind = kind;
        this.left = length;
        this.unframe = unframe;
        this.scanner = kind == BodyKind.CHUNKED ? new ChunkScanner() : null;
        this.complete = kind == BodyKind.NONE;
    }

    boolean complete() {
        return complete;
    }

    /// The trailers behind a body that was passed on as bare data; null where there are none, or not yet.
    @Nullable Bytes trailing() {
        Bytes lines = complete && unframe && trailers != null ? trailers.last() : null;
        return lines == null || lines.length() == 0 ? null : lines;
    }

    /// Bytes of a chunked body so far, without its framing.
    long data() {
        return data;
    }

    BodyKind kind() {
        return kind;
    }

    /// Takes the part of a buffer that belongs to the body.
    /// @return what to pass on, maybe empty, owned by the caller. The buffer itself, where all of it is; otherwise the buffer
    ///         stays the caller's, with its reader index after the body's part. Null where the framing is broken
    @Nullable ByteBuf take(ByteBuf in) {
        int length = in.readableBytes();
        switch (kind) {
            case NONE -> length = 0;
            case UNTIL_CLOSE -> { }
            case LENGTH -> {
                length = (int) Math.min(left, length);
                left -= length;
                complete = left == 0;
            }
            case CHUNKED -> {
                return takeChunks(in, in.readerIndex(), length);
            }
        }
        return length == in.readableBytes() ? in : in.readRetainedSlice(length);
    }

    private @Nullable ByteBuf takeChunks(ByteBuf in, int start, int length) {
        if (scanner == null || complete) {
            return in.readRetainedSlice(0);
        }
        ByteBuffer view = in.nioBuffer(start, length); // not the internal view, which cutting uses
        cutting = in;
        shift = start - view.position();
        kept = start;
        walked = start;
        HeadResult result = scanner.scan(view, this);
        int end = shift + view.position();
        if (!unframe) {
            keep(walked, end);
        }
        cutting = null;
        if (result instanceof HeadResult.Bad) {
            return null;
        }
        complete = result == HeadResult.Progress.COMPLETE;
        if (complete && trailers != null && !unframe) {
            in.readerIndex(end);
            Bytes last = trailers.last().put("\r\n");
            return in.alloc().directBuffer(kept - start + last.length()).writeBytes(in, start, kept - start)
                    .writeBytes(last.array(), 0, last.length());
        }
        if (kept == start + length) {
            return in;
        }
        in.readerIndex(end);
        return in.retainedSlice(start, kept - start);
    }

    @Override
    public void data(ByteBuffer view, int from, int to) {
        data += to - from;
        if (unframe) {
            keep(shift + from, shift + to);
        }
    }

    @Override
    public void extension(ByteBuffer view, int from, int to) {
        cut(from, to);
    }

    @Override
    public void trailer(ByteBuffer view, int from, int to) {
        cut(from, to);
        for (int at = from; trailers != null && at < to; at++) {
            trailers.add(view.get(at));
        }
    }

    @Override
    public void end(ByteBuffer view, int from, int to) {
        if (trailers != null) { // it is written anew, behind them
            cut(from, to);
        }
    }

    private void cut(int from, int to) {
        if (!unframe) {
            keep(walked, shift + from);
            walked = shift + to;
        }
    }

    /// Moves what is passed on to the end of what already is; does nothing where it lies there.
    private void keep(int from, int to) {
        if (cutting != null && from != kept) {
            cutting.setBytes(kept, cutting, from, to - from);
        }
        kept += to - from;
    }
}
