package reeve.base.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/// The received bytes of one connection, of which heads are parsed and bodies are read. One thread.
final class Inbound {
    private static final int FIRST = 4 * 1024;

    private final ReadableByteChannel channel;
    private final int most;
    private byte[] bytes = new byte[FIRST];
    private int from;
    private int to;

    /// How looking for a head went.
    sealed interface Found {
        record Whole() implements Found {}

        record Bad(int status, String reason) implements Found {}

        /// The peer closed where no head had begun.
        record Ended() implements Found {}
    }

    Inbound(ReadableByteChannel channel, HeadLimits limits) {
        this.channel = channel;
        this.most = limits.bytes() + FIRST;
    }

    /// Waits until at least one byte is there.
    /// @return false when the peer closed instead
    boolean await() throws IOException {
        return from < to || fill();
    }

    /// Reads a whole head. The head is valid until the next call of a method of this object.
    Found head(Head head) throws IOException {
        int scanned = from;
        while (true) {
            if (from < to && lineEnds(scanned)) {
                switch (head.parse(bytes, from, to)) {
                    case HeadResult.Bad(int status, String reason) -> {
                        return new Found.Bad(status, reason);
                    }
                    case HeadResult.Progress progress -> {
                        if (progress == HeadResult.Progress.COMPLETE) {
                            from = head.to();
                            return new Found.Whole();
                        }
                    }
                }
            }
            scanned = to - from;
            if (!fill()) {
                if (from == to) {
                    return new Found.Ended();
                }
                throw new EOFException("cannot read a head: the connection ended within it");
            }
            scanned += from;
        }
    }

    /// A head grows by whole lines: without a new line end there is nothing to look at, unless the head is too long.
    private boolean lineEnds(int scanned) {
        for (int i = scanned; i < to; i++) {
            if (bytes[i] == '\n') {
                return true;
            }
        }
        return to - from >= most - FIRST;
    }

    /// Receives more.
    /// @return false when the peer closed
    boolean fill() throws IOException {
        if (from == to) {
            from = 0;
            to = 0;
        } else if (to == bytes.length && from > 0) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
        } else if (to == bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(bytes.length * 2, Math.max(most, bytes.length + FIRST)));
        }
        int count = channel.read(ByteBuffer.wrap(bytes, to, bytes.length - to));
        to += Math.max(0, count);
        return count > 0;
    }

    int available() {
        return to - from;
    }

    int take(byte[] into, int offset, int length) {
        int count = Math.min(length, to - from);
        System.arraycopy(bytes, from, into, offset, count);
        from += count;
        return count;
    }

    /// The received bytes as a buffer; [#consumed] says how far it was read.
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, from, to - from);
    }

    void consumed(ByteBuffer view) {
        from = view.position();
    }
}
